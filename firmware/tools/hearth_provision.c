/*
 * hearth-provision - makes one device: its factory page, or its whole flash, and the label that
 * belongs to it. See provision_options.c for its options.
 */
#include "credentials.h"
#include "crypto.h"
#include "provision_credentials.h"
#include "provision_file.h"
#include "provision_flash.h"
#include "provision_options.h"
#include "provision_page.h"
#include "tool_report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char tool_name[] = "hearth-provision";

/* What runs on the device. */
static int install_code(const struct provision_options *options)
{
    if (options->boot != NULL && provision_flash_install_boot(options->boot) != 0) {
        return -1;
    }
    for (int slot = 0; slot < IMAGE_SLOT_COUNT; slot++) {
        if (options->images[slot] != NULL &&
            provision_flash_install((enum image_slot)slot, options->images[slot]) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Both files or none. */
static int write_files(const struct provision_options *options)
{
    size_t page_length;
    size_t whole_length;
    const uint8_t *page = provision_flash_page(&page_length);
    const uint8_t *whole = provision_flash_whole(&whole_length);

    if (options->out != NULL && provision_file_create(options->out, page, page_length) != 0) {
        return -1;
    }
    if (options->flash != NULL && provision_file_create(options->flash, whole, whole_length) != 0) {
        if (options->out != NULL) {
            (void)unlink(options->out);
        }
        return -1;
    }
    return 0;
}

static void print_id(const struct provision_page *page)
{
    for (size_t i = 0; i < sizeof page->device_id; i++) {
        (void)printf("%02x", page->device_id[i]);
    }
}

/* Printable ASCII only, as provision_options.c sees to. */
static void print_json_text(const char *text)
{
    for (; *text != '\0'; text++) {
        (void)printf(*text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    }
}

static void print_json(const struct provision_options *options, const struct provision_page *page)
{
    (void)printf("{\"device_id\": \"");
    print_id(page);
    (void)printf("\", \"label_password\": \"");
    print_json_text(page->label_password);
    (void)printf("\", \"life_cycle\": \"%s\"}\n", provision_life_cycle_name(options->life_cycle));
}

/* A device whose label nobody could read is of no use: its files are taken back. */
static int print_label(const struct provision_options *options, const struct provision_page *page)
{
    if (options->json) {
        print_json(options, page);
    } else {
        (void)printf("device id       ");
        print_id(page);
        (void)printf("\nlabel password  %s\nlife cycle      %s\n", page->label_password,
                     provision_life_cycle_name(options->life_cycle));
    }
    if (fflush(stdout) == 0 && ferror(stdout) == 0) {
        return 0;
    }
    (void)tool_refuse("stdout: %s; the label could not be printed", strerror(errno));
    if (options->out != NULL) {
        (void)unlink(options->out);
    }
    if (options->flash != NULL) {
        (void)unlink(options->flash);
    }
    return -1;
}

static int install_credentials(const struct provision_options *options)
{
    struct credentials credentials;
    int result;

    if (options->credentials.broker_ca == NULL) {
        return 0;
    }
    result = provision_credentials_read(&credentials, &options->credentials);
    if (result == 0) {
        result = provision_flash_add_credentials(&credentials);
    }
    crypto_wipe(&credentials, sizeof credentials);
    return result;
}

static int make_device(const struct provision_options *options, struct provision_page *page)
{
    int result;

    if (provision_flash_begin(options->board) != 0 || install_code(options) != 0 ||
        install_credentials(options) != 0 || provision_flash_add_seed() != 0) {
        return -1;
    }
    result = provision_page_make(page, options->password, options->life_cycle);
    if (result != PROVISION_OK) {
        return tool_refuse("%s", provision_strerror(result));
    }
    provision_flash_add_page(page);
    if (write_files(options) != 0) {
        return -1;
    }
    return print_label(options, page);
}

int main(int argc, char **argv)
{
    struct provision_options options;
    struct provision_page page;
    int result;

    if (provision_options_read(&options, argc, argv) != 0) {
        return PROVISION_EXIT_REFUSED;
    }
    if (options.help) {
        provision_options_print_help();
        return PROVISION_EXIT_DONE;
    }
    result = make_device(&options, &page);
    provision_flash_end();
    crypto_wipe(&page, sizeof page);
    return result == 0 ? PROVISION_EXIT_DONE : PROVISION_EXIT_REFUSED;
}
