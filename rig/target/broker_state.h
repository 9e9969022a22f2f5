/**
 * What a broker consists of; for broker.c and broker_run.c only.
 */
#ifndef RIG_TARGET_BROKER_STATE_H
#define RIG_TARGET_BROKER_STATE_H

#include "target/broker.h"
#include "target/broker_subscriber.h"
#include "target/loopback_port.h"

struct broker {
    char *folder;
    char *product;
    char *topic;   /**< of the admitted device's readings; NULL: none */
    char *program; /**< mosquitto */
    char *authority;
    char *certificate;
    char *private_key;
    char *log;
    char *subscribed; /**< what the log says once the subscriber is there */
    struct loopback_port port;
    struct process *process;              /**< NULL: stopped */
    struct broker_subscriber *subscriber; /**< NULL: there was no start yet */
};

#endif
