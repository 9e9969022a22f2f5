#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/process.h"
#include "base/text.h"
#include "scratch.h"
#include "target/token_signer.h"

/* A target whose signer is the shell script `signer` in its folder. */
struct signing {
    char *folder;
    struct target target;
    struct workspace *workspace;
    struct bench bench;
    struct diagnostic diagnostic;
};

static const struct adapter_bytes challenge = {3, {1, 2, 0xFE}};

static void open_signing(struct signing *signing, const char *script)
{
    char *program;
    struct workspace_options options;

    memset(signing, 0, sizeof *signing);
    signing->folder = scratch_make();
    program = scratch_path(signing->folder, "signer");
    scratch_write(signing->folder, "targets/demo.yaml",
                  "schema: 1\nname: demo\nclass: emulated\n"
                  "firmware: {board: mps2_an505, boot: b, image_a: a}\n"
                  "power: {driver: qemu, machine: m}\n"
                  "probe: {driver: virtual, openocd: [a.cfg], signer: signer}\n");
    scratch_write(signing->folder, "signer", script);
    assert_int_equal(chmod(program, 0755), 0);
    options = (struct workspace_options){.project = signing->folder, .build = signing->folder};
    assert_int_equal(workspace_open(&options, &signing->workspace, &signing->diagnostic), RIG_OK);
    assert_int_equal(
        target_find(signing->workspace, "demo", &signing->target, &signing->diagnostic), RIG_OK);
    signing->bench.target = &signing->target;
    signing->bench.workspace = signing->workspace;
    (void)snprintf(signing->bench.device_id, sizeof signing->bench.device_id, "0011");
    free(program);
}

static void close_signing(struct signing *signing)
{
    workspace_free(signing->workspace);
    target_clear(&signing->target);
    scratch_remove(signing->folder);
}

static int sign(struct signing *signing, const struct token_request *request,
                struct adapter_bytes *token)
{
    return token_signer_make(&signing->bench, request, token, process_clock_ms() + 10000,
                             &signing->diagnostic);
}

static void hands_on_what_is_asked_for(void **state)
{
    const struct token_request genuine = {"genuine", &challenge, NULL};
    const struct token_request old = {"old-epoch", &challenge, &challenge};
    struct adapter_bytes token;
    struct signing signing;

    (void)state;
    open_signing(&signing, "#!/bin/sh\n[ \"$*\" = '--device-id 0011 --challenge 0102fe --kind "
                           "genuine' ] && echo 00aB && exit 0\n"
                           "[ \"$*\" = '--device-id 0011 --challenge 0102fe --kind old-epoch "
                           "--spent 0102fe' ] && echo 77 && exit 0\nexit 1\n");
    assert_int_equal(sign(&signing, &genuine, &token), RIG_OK);
    assert_int_equal(token.size, 2);
    assert_int_equal(token.bytes[1], 0xAB);
    assert_int_equal(sign(&signing, &old, &token), RIG_OK);
    assert_int_equal(token.bytes[0], 0x77);
    close_signing(&signing);
}

static void a_kind_that_it_does_not_know(void **state)
{
    const struct token_request forged = {"forged", &challenge, NULL};
    const struct token_request genuine = {"genuine", &challenge, NULL};
    struct adapter_bytes token;
    struct signing signing;

    (void)state;
    open_signing(&signing, "#!/bin/sh\necho 'no such kind' >&2\nexit 2\n");
    assert_int_equal(sign(&signing, &forged, &token), RIG_ERROR_NOT_FOUND);
    assert_non_null(strstr(signing.diagnostic.text, "no such kind"));
    assert_int_equal(sign(&signing, &genuine, &token), RIG_ERROR_BENCH);
    close_signing(&signing);
}

static void a_signer_that_is_broken(void **state)
{
    static const char *const scripts[] = {
        "#!/bin/sh\nexit 0\n",        "#!/bin/sh\necho hello\n",
        "#!/bin/sh\necho 012\n",      "#!/bin/sh\necho 01; echo 02\n",
        "#!/bin/sh\necho 01; echo\n", "#!/bin/sh\nhead -c 5000 /dev/zero | tr '\\0' 0\n",
        "#!/bin/sh\nkill -9 $$\n",    "#!/nowhere\n",
    };
    const struct token_request genuine = {"genuine", &challenge, NULL};

    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        struct adapter_bytes token;
        struct signing signing;

        open_signing(&signing, scripts[i]);
        assert_int_equal(sign(&signing, &genuine, &token), RIG_ERROR_BENCH);
        assert_string_not_equal(signing.diagnostic.text, "");
        close_signing(&signing);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_on_what_is_asked_for),
        cmocka_unit_test(a_kind_that_it_does_not_know),
        cmocka_unit_test(a_signer_that_is_broken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
