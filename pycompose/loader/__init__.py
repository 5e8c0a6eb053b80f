"""Compose files in, a Project out; `stages` tells how, stage by stage."""
