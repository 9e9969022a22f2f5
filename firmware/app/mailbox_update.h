/* mailbox_update.h - the UPDATE_* messages of mailbox.h, on top of update.h. */
#ifndef APP_MAILBOX_UPDATE_H
#define APP_MAILBOX_UPDATE_H

#include "mailbox_commands.h"

/* Each as mailbox_command_run(), with permission and length of the payload checked. */
enum mailbox_status mailbox_update_status(struct mailbox_command *command);
enum mailbox_status mailbox_update_begin(struct mailbox_command *command);
enum mailbox_status mailbox_update_data(struct mailbox_command *command);
enum mailbox_status mailbox_update_finish(struct mailbox_command *command);
enum mailbox_status mailbox_update_activate(struct mailbox_command *command);
enum mailbox_status mailbox_update_confirm(struct mailbox_command *command);

#endif
