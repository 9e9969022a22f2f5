#ifndef RIG_BASE_YAML_NODE_H
#define RIG_BASE_YAML_NODE_H

/* Shared by yaml_file.c and yaml_value.c only. */

#include <yaml.h>

#include "base/yaml_file.h"

struct yaml_file {
    char *path;
    yaml_document_t document;
};

/* libyaml's node of a place. Its getter takes a document that is not const, but changes nothing. */
const yaml_node_t *yaml_node_of(struct yaml_place place);

/* The text of a scalar node; libyaml ends it with NUL. */
const char *yaml_scalar_of(const yaml_node_t *node);

#endif
