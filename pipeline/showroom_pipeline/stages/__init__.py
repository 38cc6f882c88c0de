"""
Where the recipe meets the steps: each function takes earlier results and JSON parameters, calls a step, and returns a
value the cache can keep. No geometry here, and one file a concern, so that a change touches few keys.
"""
