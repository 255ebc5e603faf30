#include "models/architecture/torch_error_at_line.h"

#include <c10/util/Exception.h>

#include <exception>
#include <new>
#include <string>

#include "models/torch/torch_error.h"

namespace graft::models::architecture {

void RaiseTorchError(python::Evaluator& ev) {
  using python::ErrorKind;
  ErrorKind kind = ErrorKind::kRuntimeError;
  std::string message;
  try {
    throw;
  } catch (const python::Raised&) {
    throw;
  } catch (const python::Stopped&) {
    throw;
  } catch (const c10::IndexError& error) {
    kind = ErrorKind::kIndexError;
    message = error.what_without_backtrace();
  } catch (const c10::ValueError& error) {
    kind = ErrorKind::kValueError;
    message = error.what_without_backtrace();
  } catch (const c10::TypeError& error) {
    kind = ErrorKind::kTypeError;
    message = error.what_without_backtrace();
  } catch (const c10::NotImplementedError& error) {
    kind = ErrorKind::kNotImplementedError;
    message = error.what_without_backtrace();
  } catch (const c10::OutOfMemoryError& error) {
    kind = ErrorKind::kMemoryError;
    message = error.what_without_backtrace();
  } catch (const c10::Error& error) {
    message = error.what_without_backtrace();
  } catch (const std::bad_alloc&) {
    kind = ErrorKind::kMemoryError;
    message = "not enough memory";
  } catch (const std::exception& error) {
    message = error.what();
  }
  ev.Raise(kind, UsefulLines(message));
}

}  // namespace graft::models::architecture
