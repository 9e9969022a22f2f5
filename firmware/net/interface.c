#include "interface.h"

#include "device_uplink.h"
#include "hal_net.h"
#include "network.h"

#include "lwip/dhcp.h"
#include "lwip/etharp.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "netif/ethernet.h"

#include <string.h>

#define LINK_PERIOD_MS      100U
#define MAX_FRAMES_PER_POLL 16U /* a flood must not stop the control loop */
#define LOCAL_UNICAST                                                                              \
    0x02U /* first byte of an address that no vendor has assigned (IEEE 802, 8.4) */

static struct {
    struct netif netif;
    struct device *device;
    uint64_t link_due_ms;
    uint8_t address[4]; /* the setting that is in force */
    bool has_address;
    uint8_t frame[HAL_NET_MAX_FRAME];
} interface;

static err_t send_frame(struct netif *netif, struct pbuf *packet)
{
    uint16_t length;

    (void)netif;
    if (packet->tot_len > sizeof interface.frame) {
        return ERR_BUF;
    }
    length = pbuf_copy_partial(packet, interface.frame, packet->tot_len, 0);
    return hal_net_send(interface.frame, length) == HAL_OK ? ERR_OK : ERR_MEM;
}

static void station_address(const struct device *device, uint8_t address[HAL_NET_ADDRESS_SIZE])
{
    address[0] = LOCAL_UNICAST;
    memcpy(address + 1, device->factory.device_id, HAL_NET_ADDRESS_SIZE - 1U);
}

static err_t prepare(struct netif *netif)
{
    station_address(interface.device, netif->hwaddr);
    netif->hwaddr_len = HAL_NET_ADDRESS_SIZE;
    netif->mtu = 1500;
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET;
    netif->name[0] = 'e';
    netif->name[1] = 'n';
    netif->output = etharp_output;
    netif->linkoutput = send_frame;
    return hal_net_start(netif->hwaddr) == HAL_OK ? ERR_OK : ERR_IF;
}

/* lwIP tells each change of the address. */
static void on_status(struct netif *netif)
{
    static const char label[] = "network: address ";
    char line[sizeof label + IP4ADDR_STRLEN_MAX];

    if (ip4_addr_isany(netif_ip4_addr(netif))) {
        if (interface.has_address) {
            hal_console_line("network: address lost");
        }
        interface.has_address = false;
        return;
    }
    interface.has_address = true;
    memcpy(line, label, sizeof label);
    if (ip4addr_ntoa_r(netif_ip4_addr(netif), line + sizeof label - 1U, IP4ADDR_STRLEN_MAX) !=
        NULL) {
        hal_console_line(line);
    }
}

static bool is_by_dhcp(const uint8_t address[4])
{
    static const uint8_t zeros[4];

    return memcmp(address, zeros, sizeof zeros) == 0;
}

/* Puts the user's setting in force. */
static void configure(void)
{
    const uint8_t *wanted = interface.device->settings.current.address;
    ip4_addr_t address;
    ip4_addr_t mask;

    memcpy(interface.address, wanted, sizeof interface.address);
    if (is_by_dhcp(wanted)) {
        netif_set_addr(&interface.netif, NULL, NULL, NULL);
        if (dhcp_start(&interface.netif) != ERR_OK) {
            hal_console_line("network: DHCP cannot start");
        }
        return;
    }
    dhcp_stop(&interface.netif);
    IP4_ADDR(&address, wanted[0], wanted[1], wanted[2], wanted[3]);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    netif_set_addr(&interface.netif, &address, &mask, NULL);
}

static void follow_link(void)
{
    const bool is_up = hal_net_link_is_up();

    if (is_up == interface.device->link_up) {
        return;
    }
    device_set_link(interface.device, is_up);
    hal_console_line(is_up ? "network: link up" : "network: link down");
    if (is_up) {
        netif_set_link_up(&interface.netif);
    } else {
        netif_set_link_down(&interface.netif);
    }
}

int interface_start(struct device *device)
{
    interface.device = device;
    if (netif_add(&interface.netif, NULL, NULL, NULL, NULL, prepare, ethernet_input) == NULL) {
        return NETWORK_ERROR_CONTROLLER;
    }
    netif_set_default(&interface.netif);
    netif_set_status_callback(&interface.netif, on_status);
    netif_set_up(&interface.netif);
    configure();
    return NETWORK_OK;
}

/* A frame for which there is no memory is dropped, as one that was lost on the wire. */
static void take_frame(size_t length)
{
    struct pbuf *packet = pbuf_alloc(PBUF_RAW, (uint16_t)length, PBUF_POOL);

    if (packet == NULL) {
        return;
    }
    if (pbuf_take(packet, interface.frame, (uint16_t)length) != ERR_OK ||
        interface.netif.input(packet, &interface.netif) != ERR_OK) {
        (void)pbuf_free(packet);
    }
}

void interface_poll(void)
{
    const uint64_t now = hal_time_ms();

    for (uint32_t i = 0; i < MAX_FRAMES_PER_POLL; i++) {
        const size_t length = hal_net_receive(interface.frame, sizeof interface.frame);

        if (length == 0) {
            break;
        }
        take_frame(length);
    }
    if (now >= interface.link_due_ms) {
        interface.link_due_ms = now + LINK_PERIOD_MS;
        follow_link();
        if (memcmp(interface.address, interface.device->settings.current.address,
                   sizeof interface.address) != 0) {
            configure();
        }
    }
}
