#include "provision_flash.h"

#include "native_layout.h"
#include "provision_file.h"
#include "tool_report.h"

#include <stdlib.h>
#include <string.h>

uint8_t provision_flash[FLASH_SIZE];

static void break_off(void)
{
    abort(); /* no fault is ever armed here */
}

static void on_breach(const char *what, uint32_t offset)
{
    (void)tool_refuse("flash rule broken: %s at 0x%08x", what, (unsigned)offset);
    break_off();
}

static struct flash_model model = {.layout = &native_layout,
                                   .bytes = provision_flash,
                                   .on_power_cut = break_off,
                                   .on_breach = on_breach};

void provision_flash_begin(void)
{
    memset(provision_flash, FLASH_ERASED, sizeof provision_flash);
}

void provision_flash_add_page(const struct provision_page *page)
{
    memcpy(provision_flash + flash_model_geometry(HAL_FLASH_FACTORY).offset, page->bytes,
           sizeof page->bytes);
}

const uint8_t *provision_flash_page(size_t *length)
{
    const struct hal_flash_geometry area = flash_model_geometry(HAL_FLASH_FACTORY);

    *length = area.size;
    return provision_flash + area.offset;
}

int provision_flash_install(enum image_slot slot, const char *path)
{
    const struct hal_flash_geometry area = image_slot_geometry(slot);
    struct image_info info;
    int result;
    int length = provision_file_read(path, provision_flash + area.offset, area.size);

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
    return flash_model_geometry(area);
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
