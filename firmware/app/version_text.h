/* version_text.h - a version of image.h as people read it. */
#ifndef APP_VERSION_TEXT_H
#define APP_VERSION_TEXT_H

#include <stdint.h>

#define VERSION_TEXT_SIZE 16U /* "255.255.65535" with its zero */

/* A version as "major.minor.patch". Returns its length. */
uint32_t version_text(uint32_t version, char text[VERSION_TEXT_SIZE]);

#endif
