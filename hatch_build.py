"""Puts `resources/` into the wheel as `tokviz/resources`.

Only into a real wheel: in an editable install the program reads the checkout's own folder, and a
`force-include` table in pyproject.toml would copy its 34 MB into the environment all the same.
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ResourcesHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable":
            build_data["force_include"]["resources"] = "tokviz/resources"
