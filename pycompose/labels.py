"""The names of the labels that tie engine objects to a project; constants only.

Those of Docker Compose are used unchanged, so that both tools manage one project in turn.
"""

from __future__ import annotations

from typing import Final

PROJECT: Final = "com.docker.compose.project"
SERVICE: Final = "com.docker.compose.service"
NUMBER: Final = "com.docker.compose.container-number"
ONEOFF: Final = "com.docker.compose.oneoff"  # "True" or "False"
SLUG: Final = "com.docker.compose.slug"
CONFIG_HASH: Final = "com.docker.compose.config-hash"
CONFIG_FILES: Final = "com.docker.compose.project.config_files"  # absolute paths, comma-joined
WORKING_DIR: Final = "com.docker.compose.project.working_dir"
ENVIRONMENT_FILE: Final = "com.docker.compose.project.environment_file"
DEPENDS_ON: Final = "com.docker.compose.depends_on"  # "db:service_healthy:false,…"
IMAGE: Final = "com.docker.compose.image"  # id of the image the container was made from
REPLACE: Final = "com.docker.compose.replace"  # on a container created to take another's place
NETWORK: Final = "com.docker.compose.network"
VOLUME: Final = "com.docker.compose.volume"
VERSION: Final = "com.docker.compose.version"
HOOK: Final = "com.docker.compose.hook"  # on a container that runs a hook, as "pre_start"
IMAGE_BUILDER: Final = "com.docker.compose.image.builder"

# Ours: a short digest for each field of the service, by which a plan names the changed one.
FIELDS: Final = "org.pycompose.fields"
# A short digest of the content of each secret and config a container was given.
CONTENTS: Final = "org.pycompose.contents"
# On a volume without a name: for whose containers it was made, as `project/service`.
ANONYMOUS: Final = "org.pycompose.anonymous"
# On a volume that holds nothing but the secrets and configs of one container.
GRANTS: Final = "org.pycompose.grants"
# On the volumes that keep commands of other machines apart: the project, who holds it, and a token.
LOCK: Final = "org.pycompose.lock"
LOCK_HOLDER: Final = "org.pycompose.lock.holder"
LOCK_TOKEN: Final = "org.pycompose.lock.token"
# On a container that reads or writes what is in a volume: the volume's name.
MOVER: Final = "org.pycompose.mover"
# On one that fills a volume: the same name. The volume is incomplete until that container is gone,
# or has a name that ends so.
MOVER_FILLS: Final = "org.pycompose.mover.fills"
MOVER_DONE: Final = "-done"
# On one that copies from another project's volume: that project.
MOVER_FROM: Final = "org.pycompose.mover.from"
# On all: what was stopped or paused for them and is to run afterwards, as `start:ID,unpause:ID`.
MOVER_RESUMES: Final = "org.pycompose.mover.resumes"
# On a container that never runs, as long as its project is being renamed: the new name, and the
# services that ran.
RENAME: Final = "org.pycompose.rename"
RENAME_RUNS: Final = "org.pycompose.rename.runs"
