

   
	# indented comment
