/*
 * ordeal-link-relay: started by the rig beside QEMU (link_relay.h), never by a person. Its arguments
 * are the numbers of five descriptors that it inherits: control, and for each direction the socket
 * that frames come from and the one that they go on to.
 */
#include <limits.h>
#include <stdio.h>

#include "base/text.h"
#include "emulator/relay_loop.h"

enum { DESCRIPTORS = 1 + 2 * RELAY_DIRECTIONS };

static bool read_descriptors(char **words, int descriptors[DESCRIPTORS])
{
    for (int i = 0; i < DESCRIPTORS; i++) {
        uint64_t number = 0;

        if (!text_parse_unsigned(words[i], INT_MAX, &number)) {
            return false;
        }
        descriptors[i] = (int)number;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct relay_sockets sockets;
    struct diagnostic diagnostic = {""};
    int descriptors[DESCRIPTORS];
    int error;

    if (argc != 1 + DESCRIPTORS || !read_descriptors(argv + 1, descriptors)) {
        (void)fprintf(stderr, "ordeal-link-relay: is started by `ordeal`, with five descriptors\n");
        return 2;
    }
    sockets.control = descriptors[0];
    for (int i = 0; i < RELAY_DIRECTIONS; i++) {
        sockets.from[i] = descriptors[1 + 2 * i];
        sockets.to[i] = descriptors[2 + 2 * i];
    }
    error = relay_run(&sockets, &diagnostic);
    if (error != RIG_OK) {
        (void)fprintf(stderr, "ordeal-link-relay: %s\n",
                      diagnostic.text[0] != '\0' ? diagnostic.text : rig_strerror(error));
        return 1;
    }
    return 0;
}
