"""
Surfaces from what is not yet one: point clouds and RGB-D captures.

Each family has a module of its own (`cloud`, `relief`, `rgbd`); this one names the two steps that a recipe calls.
"""

from showroom_pipeline.steps.cloud import CloudOptions, surface_from_cloud
from showroom_pipeline.steps.rgbd import RgbdOptions, surface_from_rgbd
from showroom_pipeline.steps.surface import Surface

__all__ = ["CloudOptions", "RgbdOptions", "Surface", "surface_from_cloud", "surface_from_rgbd"]
