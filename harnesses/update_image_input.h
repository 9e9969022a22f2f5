/*
 * update_image_input.h - inputs of the harness update_image: how an image is made, and when it is
 * judged. Steps are framed as in history.h, with kinds of their own; numbers are little-endian:
 *
 *   UPDATE_IMAGE_BUILD   body: slot, security counter (32 bits), version (32), length (16), fill: a
 *                        genuine image with a body of so many bytes
 *   UPDATE_IMAGE_RAW     body: header bytes as they are; not signed without UPDATE_IMAGE_SIGNED
 *   UPDATE_IMAGE_CLAIM   body: place in the header, value (32 bits): changed before it is signed
 *   UPDATE_IMAGE_ALTER   body: place in the header, mask: bits turned over after it was signed
 *   UPDATE_IMAGE_BODY    body: offset (16 bits), bytes: put into the body after it was hashed
 *   UPDATE_IMAGE_STORED  body: the stored security counter (32 bits)
 *   UPDATE_IMAGE_JUDGE   body: slot: the image is put there and judged
 *
 * At the end the image is judged once more, for both slots.
 */
#ifndef UPDATE_IMAGE_INPUT_H
#define UPDATE_IMAGE_INPUT_H

enum update_image_step {
    UPDATE_IMAGE_BUILD = 0,
    UPDATE_IMAGE_RAW = 1,
    UPDATE_IMAGE_CLAIM = 2,
    UPDATE_IMAGE_ALTER = 3,
    UPDATE_IMAGE_BODY = 4,
    UPDATE_IMAGE_STORED = 5,
    UPDATE_IMAGE_JUDGE = 6,
};

#define UPDATE_IMAGE_SIGNED    0x08U /* option of RAW: with the vendor's key */
#define UPDATE_IMAGE_OTHER_KEY 0x10U /* option of BUILD and RAW: with the unlock key */

#define UPDATE_IMAGE_BUILD_LENGTH 12U

#endif
