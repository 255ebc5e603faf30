#include "models/python/registration_table.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"

namespace graft::models::python {
namespace {

// Modules that one statement is followed through at most, and names that one registry has.
constexpr size_t kMostPlaces = 200;
// About what a statement takes that waits.
constexpr size_t kRouteBytes = 160;

}  // namespace

std::string ResolveImport(const ModuleObject& module, int level, absl::string_view name) {
  if (level == 0) return std::string(name);
  std::vector<absl::string_view> package = absl::StrSplit(module.name, '.');
  const size_t up = static_cast<size_t>(level) - (module.is_package ? 1 : 0);
  if (up >= package.size()) return "";
  package.resize(package.size() - up);
  const std::string base = absl::StrJoin(package, ".");
  return name.empty() ? base : absl::StrCat(base, ".", name);
}

void RegistrationTable::Add(Evaluator& ev, ModuleObject* module, std::vector<UnitStore> stores) {
  for (UnitStore& s : stores) {
    Follow(ev, {{module, s.unit}, module, std::move(s.store)});
  }
  const auto found = waiting_.find(module->name);
  if (found == waiting_.end()) return;
  std::vector<Route> routes = std::move(found->second);
  waiting_.erase(found);
  for (Route& route : routes) {
    route.at = module;
    if (module->is_library) {
      ArriveInLibrary(ev, route);
    } else {
      Follow(ev, std::move(route));
    }
  }
}

void RegistrationTable::Follow(Evaluator& ev, Route route) {
  std::vector<Route> next = {std::move(route)};
  absl::flat_hash_set<std::string> seen;
  while (!next.empty() && seen.size() < kMostPlaces) {
    const Route at = std::move(next.back());
    next.pop_back();
    ev.Step();
    if (!seen.insert(absl::StrCat(at.at->name, ":", absl::StrJoin(at.store.path, "."), ":",
                                  static_cast<int>(at.store.kind)))
             .second) {
      continue;
    }
    const Origins& origins = OriginsIn(at.at);
    const auto found = origins.find(at.store.path[0]);
    if (found == origins.end()) {
      FollowUnbound(ev, at, &next);
      continue;
    }
    for (const Origin& origin : found->second) FollowOrigin(ev, at, origin, &next);
  }
}

void RegistrationTable::FollowOrigin(Evaluator& ev, const Route& route, const Origin& origin,
                                     std::vector<Route>* next) {
  const std::vector<std::string>& path = route.store.path;
  const bool whole = path.size() == 1;
  const auto within = [&](const FunctionDefStmt* function) {
    const std::vector<Store>& stores = StoresIn(function);
    ev.Step(static_cast<int64_t>(stores.size()));
    for (const Store& store : stores) next->push_back({route.registration, route.at, store});
  };
  if (origin.import != nullptr) {
    const ImportAlias& alias = origin.import->names[origin.alias];
    Route on = route;
    on.store.path.erase(on.store.path.begin());
    GoTo(ev, alias.as_name.empty() ? path[0] : alias.name, std::move(on), next);
    return;
  }
  if (origin.from != nullptr) {
    Route on = route;
    on.store.path[0] = origin.from->names[origin.alias].name;
    GoTo(ev, ResolveImport(*route.at, origin.from->level, origin.from->module), std::move(on),
         next);
    return;
  }
  switch (route.store.kind) {
    case Store::Kind::kCall:
      if (whole && origin.function != nullptr) return within(origin.function);
      if (whole && !origin.same_as.empty()) {
        next->push_back({route.registration, route.at, {origin.same_as, Store::Kind::kCall}});
        return;
      }
      if (!IsStoringMethod(path.back())) return;
      break;
    case Store::Kind::kDerive:
      if (origin.cls == nullptr) return;
      for (const Store& store : StoresOf(*origin.cls)) {
        if (store.kind == Store::Kind::kDerive || store.kind == Store::Kind::kMeta) {
          next->push_back({route.registration, route.at, store});
        }
      }
      if (const FunctionDefStmt* hook = FindMethod(*origin.cls, "__init_subclass__")) {
        within(hook);
        break;
      }
      return;
    case Store::Kind::kMeta: {
      if (origin.cls == nullptr) return;
      for (const Store& store : StoresOf(*origin.cls)) {  // metaclasses that it derives from
        if (store.kind != Store::Kind::kDerive) continue;
        next->push_back({route.registration, route.at, {store.path, Store::Kind::kMeta}});
      }
      bool hooked = false;
      for (const absl::string_view name : {"__new__", "__init__"}) {
        const FunctionDefStmt* hook = FindMethod(*origin.cls, name);
        if (hook == nullptr) continue;
        hooked = true;
        within(hook);
      }
      if (hooked) break;
      return;
    }
    case Store::Kind::kSet:
      break;
  }
  Arrive(ev, route.at, path[0], route.registration);
}

// By a star import, or a module of the package.
void RegistrationTable::FollowUnbound(Evaluator& ev, const Route& route, std::vector<Route>* next) {
  for (const size_t unit : route.at->star_imports) {
    const auto& star = static_cast<const ImportFromStmt&>(*route.at->units[unit].statement);
    GoTo(ev, ResolveImport(*route.at, star.level, star.module), route, next);
  }
  if (!route.at->is_package || route.store.path.size() < 2) return;
  Route on = route;
  on.store.path.erase(on.store.path.begin());
  GoTo(ev, absl::StrCat(route.at->name, ".", route.store.path[0]), std::move(on), next);
}

void RegistrationTable::GoTo(Evaluator& ev, const std::string& dotted, Route route,
                             std::vector<Route>* next) {
  if (dotted.empty() || route.store.path.empty()) return;
  route.at = find_(dotted);
  if (route.at == nullptr) {
    ev.heap().Charge(ev, kRouteBytes);
    waiting_[dotted].push_back(std::move(route));
  } else if (route.at->is_library) {
    ArriveInLibrary(ev, route);
  } else if (route.at->parsed != nullptr) {
    next->push_back(std::move(route));
  }
}

void RegistrationTable::ArriveInLibrary(Evaluator& ev, const Route& route) {
  if (route.store.kind != Store::Kind::kSet) return;
  Arrive(ev, route.at, route.store.path[0], route.registration);
}

void RegistrationTable::Arrive(Evaluator& ev, ModuleObject* module, const std::string& name,
                               ModuleObject::Registration r) {
  std::vector<Place> places = {{module, name}};
  for (size_t i = 0; i < places.size() && i < kMostPlaces; ++i) {
    const Place place = places[i];
    ev.heap().Charge(ev, sizeof(r));
    place.module->registrations[place.name].push_back(r);
    const auto found = copies_.find(absl::StrCat(place.module->name, ":", place.name));
    if (found == copies_.end()) continue;
    places.insert(places.end(), found->second.begin(), found->second.end());
  }
}

void RegistrationTable::Share(ModuleObject* from, absl::string_view name, ModuleObject* to,
                              absl::string_view bound) {
  copies_[absl::StrCat(from->name, ":", name)].push_back({to, std::string(bound)});
  const auto found = from->registrations.find(name);
  if (found == from->registrations.end()) return;
  const std::vector<ModuleObject::Registration> waiting = found->second;
  std::vector<ModuleObject::Registration>& list = to->registrations[bound];
  list.insert(list.end(), waiting.begin(), waiting.end());
}

const Origins& RegistrationTable::OriginsIn(ModuleObject* module) {
  const auto [it, inserted] = origins_.try_emplace(module);
  if (inserted) it->second = FindOrigins(module->parsed->body);
  return it->second;
}

const std::vector<Store>& RegistrationTable::StoresIn(const FunctionDefStmt* function) {
  const auto [it, inserted] = stores_.try_emplace(function);
  if (inserted) it->second = StoresWithin(*function);
  return it->second;
}

}  // namespace graft::models::python
