#include "cli/date.h"

#include <string.h>

#include "base/text.h"
#include "report/phrases.h"

#define DAY_S       86400
#define DATE_LENGTH 10 /* of "2026-12-31" */

static bool is_leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
    static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Reads `length` digits. */
static bool read_digits(const char *text, size_t length, unsigned *number)
{
    char digits[8];
    uint64_t value = 0;

    memcpy(digits, text, length);
    digits[length] = '\0';
    if (!text_parse_unsigned(digits, 9999, &value))
        return false;
    *number = (unsigned)value;
    return true;
}

bool date_parse(const char *text, int64_t *end)
{
    unsigned year = 0;
    unsigned month = 0;
    unsigned day = 0;
    int64_t days = 0;

    if (strlen(text) != DATE_LENGTH || text[4] != '-' || text[7] != '-' ||
        !read_digits(text, 4, &year) || !read_digits(text + 5, 2, &month) ||
        !read_digits(text + 8, 2, &day))
        return false;
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    for (unsigned each = 1970; each < year; each++)
        days += is_leap(each) ? 366 : 365;
    for (unsigned each = 1; each < month; each++)
        days += days_in_month(year, each);
    *end = (days + day) * DAY_S;
    return true;
}

const char *date_phrase(int64_t end, char text[DATE_PHRASE_SIZE])
{
    char moment[TIME_PHRASE_SIZE];

    (void)time_phrase(end - 1, moment);
    if (strlen(moment) > DATE_LENGTH)
        moment[DATE_LENGTH] = '\0';
    memcpy(text, moment, sizeof moment);
    return text;
}
