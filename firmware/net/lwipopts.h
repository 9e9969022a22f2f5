/* lwipopts.h - lwIP for Hearth: no threads, no heap, IPv4, what TLS and MQTT need, and pools of a
 * size that bounds what strangers can use up. */
#ifndef NET_LWIPOPTS_H
#define NET_LWIPOPTS_H

#define NO_SYS               1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN         0
#define LWIP_SOCKET          0

#define MEM_ALIGNMENT        8
#define MEM_SIZE             (16 * 1024)
#define MEMP_NUM_TCP_PCB     10 /* 4 of the server, 1 of the broker, and what is closing */
#define MEMP_NUM_TCP_SEG     40
#define MEMP_NUM_ALTCP_PCB   2
#define MEMP_NUM_SYS_TIMEOUT 12
#define PBUF_POOL_SIZE       24
#define PBUF_POOL_BUFSIZE    1536
#define TCP_MSS              1460
#define TCP_WND              (6 * TCP_MSS) /* holds the longest TLS record */
#define TCP_SND_BUF          (4 * TCP_MSS)
#define TCP_SND_QUEUELEN     16
#define TCP_QUEUE_OOSEQ      0 /* what comes out of order comes again: it would be held for strangers */
#define LWIP_TCP_KEEPALIVE   0

#define LWIP_IPV6                  0
#define LWIP_ICMP                  1
#define LWIP_DHCP                  1
#define DHCP_DOES_ARP_CHECK        0
#define LWIP_DNS                   1
#define LWIP_IGMP                  0
#define IP_REASSEMBLY              0 /* nobody who means well sends fragments to a thermostat */
#define IP_FRAG                    0
#define LWIP_NETIF_STATUS_CALLBACK 1
#define LWIP_STATS                 0

#define LWIP_ALTCP             1
#define LWIP_ALTCP_TLS         1
#define LWIP_ALTCP_TLS_MBEDTLS 1

#define MQTT_OUTPUT_RINGBUF_SIZE 512 /* a reading with its topic */
#define MQTT_REQ_MAX_IN_FLIGHT   4

#endif
