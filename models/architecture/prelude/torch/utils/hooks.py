"""Handles of registered hooks."""


class RemovableHandle:
    """Takes a hook out of its registry again."""

    next_id = 0

    def __init__(self, hooks_dict, *, extra_dict=None):
        self.hooks_dict = hooks_dict
        self.extra_dict = extra_dict
        self.id = RemovableHandle.next_id
        RemovableHandle.next_id += 1

    def remove(self):
        for registry in (self.hooks_dict, self.extra_dict):
            if registry is not None and self.id in registry:
                del registry[self.id]

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.remove()
