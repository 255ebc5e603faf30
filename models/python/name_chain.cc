#include "models/python/name_chain.h"

namespace graft::models::python {

const NameExpr* RootName(const Expr* e, std::vector<std::string>* attributes) {
  while (true) {
    switch (e->kind) {
      case ExprKind::kName:
        return static_cast<const NameExpr*>(e);
      case ExprKind::kAttribute: {
        const auto* attribute = static_cast<const AttributeExpr*>(e);
        if (attributes != nullptr) attributes->push_back(attribute->name);
        e = attribute->object.get();
        break;
      }
      case ExprKind::kSubscript:
        e = static_cast<const SubscriptExpr*>(e)->object.get();
        break;
      case ExprKind::kCall:
        e = static_cast<const CallExpr*>(e)->callee.get();
        break;
      default:
        return nullptr;
    }
  }
}

}  // namespace graft::models::python
