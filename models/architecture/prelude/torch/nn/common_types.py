"""Names for annotations."""

_scalar_or_tuple_any_t = object
_size_any_t = object
_size_1_t = object
_size_2_t = object
_size_3_t = object
_size_4_t = object
_size_5_t = object
_size_6_t = object
_size_any_opt_t = object
_size_2_opt_t = object
_size_3_opt_t = object
_ratio_2_t = object
_ratio_3_t = object
_ratio_any_t = object
_tensor_list_t = object
_maybe_indices_t = object
