#include "report/coverage_markdown.h"

#include <inttypes.h>

#include "report/markup.h"

#define FAILURES_SHOWN 5U /* of a harness; the JSON report has all */

static void write_count(const struct coverage_count *count, FILE *out)
{
    char lines[COVERAGE_PHRASE_SIZE];
    char branches[COVERAGE_PHRASE_SIZE];

    (void)fprintf(out, " | %s | %s", coverage_phrase(count->lines_covered, count->lines, lines),
                  coverage_phrase(count->branches_covered, count->branches, branches));
}

static void write_folders(const struct coverage *coverage, FILE *out)
{
    struct coverage_count count;
    const char *folder;
    size_t index = 0;

    (void)fputs("| folder | lines | branches |\n|---|---:|---:|\n", out);
    while ((folder = coverage_next_folder(coverage, &index, &count)) != NULL) {
        (void)fputs("| ", out);
        markup_markdown(out, folder);
        write_count(&count, out);
        (void)fputs(" |\n", out);
    }
    (void)coverage_sum(coverage, "", &count);
    (void)fputs("| all", out);
    write_count(&count, out);
    (void)fputs(" |\n\n", out);
}

static void write_never(const struct coverage_file *file, FILE *out)
{
    const char *separator = "";

    if (!file->is_in_program)
        (void)fputs("in no harness program", out);
    for (size_t i = 0; i < file->never_entered.count; i++) {
        (void)fputs(i == 0 ? "never entered: " : ", ", out);
        markup_markdown_code(out, file->never_entered.items[i]);
        separator = "; ";
    }
    for (size_t i = 0; i < file->never_reached_count; i++) {
        char range[COVERAGE_PHRASE_SIZE];
        (void)fprintf(out, "%s%s%s", i == 0 ? separator : ", ", i == 0 ? "lines " : "",
                      line_range_phrase(&file->never_reached[i], range));
    }
}

static void write_files(const struct coverage *coverage, FILE *out)
{
    (void)fputs("| file | lines | branches | never reached |\n|---|---:|---:|---|\n", out);
    for (size_t i = 0; i < coverage->file_count; i++) {
        (void)fputs("| ", out);
        markup_markdown(out, coverage->files[i].path);
        write_count(&coverage->files[i].count, out);
        (void)fputs(" | ", out);
        write_never(&coverage->files[i], out);
        (void)fputs(" |\n", out);
    }
    (void)fputc('\n', out);
}

static void write_oracles(const struct coverage_harness *harness, FILE *out)
{
    if (!harness->counts_oracles)
        (void)fputs("not counted", out);
    for (size_t i = 0; harness->counts_oracles && i < harness->oracle_count; i++) {
        (void)fputs(i > 0 ? ", " : "", out);
        markup_markdown(out, harness->oracles[i].clause);
        if (harness->oracles[i].checks > 0)
            (void)fprintf(out, ": %" PRIu64, harness->oracles[i].checks);
        else
            (void)fputs(": **never**", out);
    }
}

static void write_harnesses(const struct coverage *coverage, FILE *out)
{
    (void)fputs("| harness | inputs | oracles evaluated |\n|---|---:|---|\n", out);
    for (size_t i = 0; i < coverage->harness_count; i++) {
        const struct coverage_harness *harness = &coverage->harnesses[i];
        (void)fputs("| ", out);
        markup_markdown(out, harness->name);
        (void)fprintf(out, " | %zu | ", harness->inputs);
        write_oracles(harness, out);
        (void)fputs(" |\n", out);
    }
    (void)fputc('\n', out);
}

static void write_gaps_of_harness(const struct coverage_harness *harness, FILE *out)
{
    if (harness->reason != NULL) {
        (void)fputs("- ", out);
        markup_markdown_code(out, harness->name);
        (void)fputs(": ", out);
        markup_markdown(out, harness->reason);
        (void)fputc('\n', out);
    }
    for (size_t i = 0; i < harness->failed.count && i < FAILURES_SHOWN; i++) {
        (void)fputs("- ", out);
        markup_markdown_code(out, harness->name);
        (void)fputs(" failed on ", out);
        markup_markdown(out, harness->failed.items[i]);
        (void)fputc('\n', out);
    }
    if (harness->failed.count > FAILURES_SHOWN) {
        (void)fputs("- ", out);
        markup_markdown_code(out, harness->name);
        (void)fprintf(out, " failed on %zu more\n", harness->failed.count - FAILURES_SHOWN);
    }
}

static void write_gaps(const struct coverage *coverage, FILE *out)
{
    if (coverage_is_complete(coverage))
        return;
    (void)fputs("Incomplete: what is covered is a lower bound.\n\n", out);
    for (size_t i = 0; i < coverage->harness_count; i++)
        write_gaps_of_harness(&coverage->harnesses[i], out);
    if (coverage->note != NULL) {
        (void)fputs("- ", out);
        markup_markdown(out, coverage->note);
        (void)fputc('\n', out);
    }
    (void)fputc('\n', out);
}

void coverage_write_markdown(const struct coverage *coverage, FILE *out)
{
    if (coverage == NULL)
        return;
    (void)fputs("## Coverage by the committed inputs\n\n", out);
    if (coverage->reason != NULL) {
        (void)fputs("Not measured: ", out);
        markup_markdown(out, coverage->reason);
        (void)fputs("\n\n", out);
        return;
    }
    (void)fprintf(out, "%zu input%s of %zu harness%s, run over the code of ", coverage->inputs,
                  coverage->inputs == 1 ? "" : "s", coverage->harness_count,
                  coverage->harness_count == 1 ? "" : "es");
    markup_markdown_code(out, coverage->project);
    (void)fputs(". That a line was run says nothing about whether it was judged.\n\n", out);
    write_gaps(coverage, out);
    write_harnesses(coverage, out);
    write_folders(coverage, out);
    write_files(coverage, out);
}
