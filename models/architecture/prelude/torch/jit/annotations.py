"""Types for annotations."""

from typing import Dict, List, Optional, Tuple, Union


class _BroadcastingList:
    def __getitem__(self, item):
        return list


BroadcastingList1 = _BroadcastingList()
BroadcastingList2 = _BroadcastingList()
BroadcastingList3 = _BroadcastingList()
BroadcastingList4 = _BroadcastingList()
