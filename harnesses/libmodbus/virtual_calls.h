/*
 * virtual_calls.h - stands before every source of libmodbus (compiler option -include): what it
 * asks of the operating system goes to libmodbus_server_calls.c. Time passes there without being
 * waited for, and the peer is the input.
 *
 * Method: object-like macros rename the system headers' declarations as well, so the types are
 * checked, and libmodbus's own members of these names (backend->recv) are renamed everywhere alike.
 */
#ifndef LIBMODBUS_VIRTUAL_CALLS_H
#define LIBMODBUS_VIRTUAL_CALLS_H

#include "config.h" /* later versions of libmodbus use it before they include it */

#define accept4    virtual_accept4
#define close      virtual_close
#define connect    virtual_connect
#define ioctl      virtual_ioctl
#define nanosleep  virtual_nanosleep
#define open       virtual_open
#define read       virtual_read
#define recv       virtual_recv
#define select     virtual_select
#define send       virtual_send
#define setsockopt virtual_setsockopt
#define shutdown   virtual_shutdown
#define socket     virtual_socket
#define tcflush    virtual_tcflush
#define tcgetattr  virtual_tcgetattr
#define tcsetattr  virtual_tcsetattr
#define usleep     virtual_usleep
#define write      virtual_write

/* The C library's is a loop, whose coverage costs more than the rest of modbus_receive(). */
#include <string.h>
#include <sys/select.h>
#undef FD_ZERO
#define FD_ZERO(set) memset((set), 0, sizeof *(set))

#endif
