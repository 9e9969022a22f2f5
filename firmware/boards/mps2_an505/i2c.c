/*
 * I2C by software (UM10204, 3.1): the board gives two open-drain lines. One master, standard mode,
 * no clock stretching by the sensor that is on it.
 */
#include "hal.h"
#include "peripherals.h"

#include <stdbool.h>

#define HALF_PERIOD_CYCLES (CPU_CLOCK_HZ / 200000U) /* 100 kHz */
#define READ               1U

static void pause(void)
{
    const uint32_t begin = FPGAIO_COUNTER;

    while (FPGAIO_COUNTER - begin < HALF_PERIOD_CYCLES) {
    }
}

static void release(uint32_t line)
{
    I2C_LINES = line;
    pause();
}

static void pull(uint32_t line)
{
    I2C_PULL = line;
    pause();
}

static bool sda_is_high(void)
{
    return (I2C_LINES & I2C_SDA) != 0;
}

static void start(void)
{
    release(I2C_SDA);
    release(I2C_SCL);
    pull(I2C_SDA);
    pull(I2C_SCL);
}

static void stop(void)
{
    pull(I2C_SDA);
    release(I2C_SCL);
    release(I2C_SDA);
}

static void write_bit(bool bit)
{
    if (bit) {
        release(I2C_SDA);
    } else {
        pull(I2C_SDA);
    }
    release(I2C_SCL);
    pull(I2C_SCL);
}

static bool read_bit(void)
{
    bool bit;

    release(I2C_SDA);
    release(I2C_SCL);
    bit = sda_is_high();
    pull(I2C_SCL);
    return bit;
}

/* Returns whether the byte was acknowledged. */
static bool write_byte(uint8_t byte)
{
    for (uint32_t mask = 0x80; mask != 0; mask >>= 1) {
        write_bit((byte & mask) != 0);
    }
    return !read_bit();
}

static uint8_t read_byte(bool last)
{
    uint32_t byte = 0;

    for (int i = 0; i < 8; i++) {
        byte = byte << 1 | (read_bit() ? 1U : 0U);
    }
    write_bit(last);
    return (uint8_t)byte;
}

static bool write_bytes(uint8_t address, const uint8_t *data, size_t length)
{
    bool acknowledged;

    start();
    acknowledged = write_byte((uint8_t)(address << 1));
    for (size_t i = 0; acknowledged && i < length; i++) {
        acknowledged = write_byte(data[i]);
    }
    return acknowledged;
}

static bool read_bytes(uint8_t address, uint8_t *data, size_t length)
{
    bool acknowledged;

    start();
    acknowledged = write_byte((uint8_t)(address << 1 | READ));
    for (size_t i = 0; acknowledged && i < length; i++) {
        data[i] = read_byte(i + 1U == length);
    }
    return acknowledged;
}

int hal_i2c_transfer(uint8_t address, const uint8_t *write, size_t write_length, uint8_t *read,
                     size_t read_length)
{
    bool done = true;

    if (write_length > 0 || read_length == 0) {
        done = write_bytes(address, write, write_length);
    }
    if (done && read_length > 0) {
        done = read_bytes(address, read, read_length);
    }
    stop();
    return done ? HAL_OK : HAL_ERROR_BUS;
}
