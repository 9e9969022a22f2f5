#ifndef RIG_FINDINGS_STORE_EVIDENCE_H
#define RIG_FINDINGS_STORE_EVIDENCE_H

/* Files of the store that stand behind a finding. Shared by the store_*.c files only. */

#include "base/file_hash.h"
#include "findings/store_sql.h"

/* What is kept of an input beside the file itself. */
struct stored_input {
    char sha256[FILE_HASH_TEXT_SIZE];
    int64_t size; /* bytes */
};

/* Copies `from` durably to `to`, a path of the store, and says what it is. */
RIG_MUST_CHECK int store_keep_input(const char *from, const char *to, struct stored_input *kept,
                                    struct diagnostic *diagnostic);

#endif
