#include "provision_flash.h"

#include "crypto.h"
#include "drbg.h"
#include "flash_model.h"
#include "provision_file.h"
#include "record_log.h"
#include "system_random.h"
#include "tool_report.h"

#include <stdlib.h>
#include <string.h>

static void break_off(void)
{
    abort(); /* no fault is ever armed here */
}

static void on_breach(const char *what, uint32_t offset)
{
    (void)tool_refuse("flash rule broken: %s at 0x%08x", what, (unsigned)offset);
    break_off();
}

static struct flash_model model = {.on_power_cut = break_off, .on_breach = on_breach};

int provision_flash_begin(const struct flash_layout *layout)
{
    model.layout = layout;
    model.bytes = malloc(layout->size);
    if (model.bytes == NULL) {
        return tool_refuse("no memory for the %u bytes of the flash of %s", (unsigned)layout->size,
                           layout->board);
    }
    memset(model.bytes, layout->erased_value, layout->size);
    return 0;
}

void provision_flash_end(void)
{
    if (model.bytes != NULL) {
        crypto_wipe(model.bytes, model.layout->size);
    }
    free(model.bytes);
    model.bytes = NULL;
}

void provision_flash_add_page(const struct provision_page *page)
{
    memcpy(model.bytes + hal_flash_geometry(HAL_FLASH_FACTORY).offset, page->bytes,
           sizeof page->bytes);
}

int provision_flash_add_credentials(const struct credentials *credentials)
{
    const struct hal_flash_geometry area = hal_flash_geometry(HAL_FLASH_FACTORY);
    uint8_t bytes[CREDENTIALS_MAX_SIZE];
    uint32_t length = 0;
    int result = credentials_encode(credentials, bytes, &length);

    if (result != CREDENTIALS_OK) {
        result = tool_refuse("%s", credentials_strerror(result));
    } else if (length > area.size - CREDENTIALS_OFFSET) {
        result = tool_refuse("the factory area of %s has no room for credentials of %u bytes",
                             model.layout->board, (unsigned)length);
    } else {
        memcpy(model.bytes + area.offset + CREDENTIALS_OFFSET, bytes, length);
    }
    crypto_wipe(bytes, sizeof bytes);
    return result;
}

int provision_flash_add_seed(void)
{
    uint8_t seed[DRBG_SEED_SIZE];
    struct record_log log;
    int result;

    if (system_random(seed, sizeof seed) != 0) {
        return tool_refuse("%s", provision_strerror(PROVISION_ERROR_RANDOM));
    }
    result = record_log_mount(&log, HAL_FLASH_SEED, DRBG_SEED_LOG_KIND, seed, sizeof seed);
    if (result == RECORD_LOG_EMPTY) {
        result = record_log_append(&log, seed);
    }
    crypto_wipe(seed, sizeof seed);
    return result == RECORD_LOG_OK ? 0 : tool_refuse("seed: %s", record_log_strerror(result));
}

const uint8_t *provision_flash_page(size_t *length)
{
    const struct hal_flash_geometry area = hal_flash_geometry(HAL_FLASH_FACTORY);

    *length = area.size;
    return model.bytes + area.offset;
}

const uint8_t *provision_flash_whole(size_t *length)
{
    *length = model.layout->size;
    return model.bytes;
}

int provision_flash_install_boot(const char *path)
{
    static const uint8_t elf[] = {0x7f, 'E', 'L', 'F'};
    const size_t room = (size_t)model.layout->boot_sectors * model.layout->sector_size;
    const int length = provision_file_read("--boot", path, model.bytes, room);

    if (length == 0) {
        return tool_refuse("--boot %s: is empty; give the boot stage of %s", path,
                           model.layout->board);
    }
    if (length >= (int)sizeof elf && memcmp(model.bytes, elf, sizeof elf) == 0) {
        return tool_refuse("--boot %s: is an ELF file; give the boot stage's bytes as they lie in "
                           "flash, as objcopy -O binary makes them",
                           path);
    }
    return length < 0 ? -1 : 0;
}

int provision_flash_install(enum image_slot slot, const char *path)
{
    const struct hal_flash_geometry area = image_slot_geometry(slot);
    struct image_info info;
    int result;
    int length = provision_file_read(slot == IMAGE_SLOT_A ? "--image-a" : "--image-b", path,
                                     model.bytes + area.offset, area.size);

    if (length < 0) {
        return -1;
    }
    result = image_verify(slot, 0, &info);
    if (result != IMAGE_OK) {
        return tool_refuse("%s: %s; sign it for slot %c", path, image_strerror(result),
                           slot == IMAGE_SLOT_A ? 'A' : 'B');
    }
    if ((size_t)length != IMAGE_HEADER_SIZE + (size_t)info.body_length) {
        return tool_refuse("%s: has %d bytes, its header announces %zu; give the image alone", path,
                           length, IMAGE_HEADER_SIZE + (size_t)info.body_length);
    }
    return 0;
}

/* ---- What the firmware's code asks of a board ---- */

struct hal_flash_geometry hal_flash_geometry(enum hal_flash_area area)
{
    return flash_layout_geometry(model.layout, area);
}

int hal_flash_read(uint32_t offset, void *buffer, size_t length)
{
    return flash_model_read(&model, offset, buffer, length);
}

int hal_flash_program(uint32_t offset, const void *data, size_t length)
{
    return flash_model_program(&model, offset, data, length);
}

int hal_flash_erase(uint32_t offset)
{
    return flash_model_erase(&model, offset);
}

uint64_t hal_time_ms(void)
{
    return 0;
}
