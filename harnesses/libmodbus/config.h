/*
 * config.h - what libmodbus's configure script would write on Linux. (strlcpy is left to libmodbus,
 * so that the C library's age makes no difference.)
 */
#ifndef LIBMODBUS_CONFIG_H
#define LIBMODBUS_CONFIG_H

#define HAVE_ACCEPT4         1
#define HAVE_BYTESWAP_H      1
#define HAVE_DECL_TIOCM_RTS  1
#define HAVE_DECL_TIOCSRS485 1
#define HAVE_GAI_STRERROR    1
#define HAVE_GETADDRINFO     1
#define HAVE_GETTIMEOFDAY    1
#define HAVE_INET_NTOA       1
#define HAVE_NETINET_IN_H    1
#define HAVE_NETINET_IP_H    1
#define HAVE_NETINET_TCP_H   1
#define HAVE_SELECT          1
#define HAVE_SOCKET          1
#define HAVE_STRERROR        1
#define HAVE_SYS_IOCTL_H     1
#define HAVE_SYS_SOCKET_H    1
#define HAVE_TERMIOS_H       1

#endif
