"""How large the pictures in a scene are, from their headers alone."""

import io

from showroom_assets.scene import Scene


def largest_texture(scene: Scene) -> int:
    """Longest edge of any image, pixels; only headers are read."""
    from PIL import Image

    longest = 0
    for image in scene.images:
        with Image.open(io.BytesIO(image.data)) as opened:
            longest = max(longest, *opened.size)
    return longest
