"""Cameras, meshes, projection, paths, and the passes that are assembled from them."""
