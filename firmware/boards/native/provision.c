#include "provision.h"

#include "process_report.h"

#include <string.h>

int provision_device(struct provisioned_device *device, const char *password)
{
    struct provision_page page;
    int result = provision_page_make(&page, password, FACTORY_LIFE_CLOSED);

    if (result != PROVISION_OK) {
        return process_refuse("new device: %s", provision_strerror(result));
    }
    memcpy(device->label_password, page.label_password, sizeof device->label_password);
    memset(device->flash, FLASH_ERASED, sizeof device->flash);
    memcpy(device->flash + flash_model_geometry(HAL_FLASH_FACTORY).offset, page.bytes,
           sizeof page.bytes);
    return 0;
}
