// graft.hpp compiles alone, as C++17, with every warning on, with and without exceptions.
#include "graft/graft.hpp"

bool HeaderAlone() { return graft::Library::Load("/no/such/library").ok(); }
