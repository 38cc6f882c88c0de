"""
How a wearable sits on a person, offline: the mirror's rules on one photo, for a merchant before publishing.

``shut`` runs the trackers in a process without network; ``head`` and ``body`` find who stands there in metres;
``rules`` are the mirror's own numbers; ``picture`` draws, ``verdict`` judges; ``propose`` finds anchors, ``rig`` binds
a garment.
Nothing of a photo is kept, and nothing leaves the machine.
"""
