/* graft.h compiles alone, as C11, with every warning on. */
#include "graft/graft.h"
/* Twice: the guard works. */
#include "graft/graft.h"
#include "graft/graft_tools.h"

int HeaderAlone(void) { return GRAFT_OK; }
