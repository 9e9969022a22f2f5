#!/bin/sh
# hearth-budget on small programs of arm-none-eabi-gcc 12: exact numbers, each exceeded limit, and one
# line for whatever makes a number unsound.
# usage: budget.sh HEARTH_BUDGET ARM_COMPILER
set -eu

tool=$1
compiler=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail()
{
    echo "FAILED: $*" >&2
    [ ! -f out ] || cat out err >&2
    exit 1
}

command -v "$compiler" > /dev/null || fail "no $compiler; install gcc-arm-none-eabi"

# compile FOLDER FILE [OPTION]...: FOLDER/FILE.o and its call file from standard input
compile()
{
    mkdir -p "$(dirname "$1/$2")"
    cat > "$1/$2"
    object=$1/$2.o
    folder=$1
    source=$2
    shift 2
    (cd "$folder" && "$compiler" -mcpu=cortex-m33 -mthumb -Os -ffreestanding -ffunction-sections \
        -fcallgraph-info=su "$@" -c "$source" -o "$source.o") || fail "$object does not compile"
}

# link_all FOLDER [OPTION]...: FOLDER/elf from all objects in it
link_all()
{
    folder=$1
    shift
    find "$folder" -name '*.o' | sort > objects
    "$compiler" -mcpu=cortex-m33 -mthumb -nostdlib -Wl,-Ttext=0 -Wl,--gc-sections -Wl,-e,reset \
        "$@" @objects -o "$folder/elf" || fail "$folder/elf does not link"
}

# limits STATEMENT...: the file `limits`, generous unless a statement says otherwise
limits()
{
    printf '%s\n' 'text 100000' 'data 100000' 'bss 100000' 'stack 100000' 'entry reset' "$@" > limits
}

# run CODE FOLDER [OPTION]...: the exit code must be CODE.
run()
{
    expected=$1
    folder=$2
    shift 2
    code=0
    "$tool" --elf "$folder/elf" --calls "$folder" --limits limits "$@" > out 2> err || code=$?
    [ "$code" -eq "$expected" ] || fail "exit code $code instead of $expected: $folder $*"
}

# measures PART BYTES FOLDER: within the limits, and this is what PART takes.
measures()
{
    run 0 "$3"
    [ ! -s err ] || fail "something on standard error"
    found=$(awk -v part="$1" '$1 == part && NF == 4 { print $2 }' out)
    [ "$found" = "$2" ] || fail "$1 is $found, not $2"
}

says()
{
    grep -qF -e "$1" out || fail "no '$1' on standard output"
}

# refuses TEXT FOLDER [OPTION]...: exit code 2, nothing but one line that holds TEXT.
refuses()
{
    text=$1
    shift
    run 2 "$@"
    grep -qF -e "$text" err || fail "no '$text' on standard error"
    [ "$(wc -l < err)" -eq 1 ] || fail "not exactly one line on standard error"
    [ ! -s out ] || fail "something on standard output"
}

# refuses_options TEXT OPTION...
refuses_options()
{
    text=$1
    shift
    code=0
    "$tool" "$@" > out 2> err || code=$?
    [ "$code" -eq 2 ] || fail "exit code $code: $*"
    grep -qF -e "$text" err || fail "no '$text' on standard error"
    [ "$(wc -l < err)" -eq 1 ] || fail "not exactly one line on standard error"
}

# --- Sizes: what is counted, and where
compile sizes sizes.c << 'SOURCE'
volatile int zero[25];
volatile int data[3] = {1, 2, 3};
const char constants[10] = "constants";
__attribute__((section(".noinit.boot"))) volatile int kept[50];
__attribute__((section(".stack,\"aw\",%nobits@"))) volatile int stack[64];
void reset(void) { for (;;) { zero[0] = data[1] + constants[zero[1]] + kept[2] + stack[1]; } }
SOURCE
link_all sizes
limits 'stack-section .stack'
measures text $((0x$("${compiler%gcc}size" -A -x sizes/elf | awk '$1 == ".text" { print substr($2, 3) }') + 10)) sizes
measures data 12 sizes
measures bss 100 sizes
limits
measures bss 356 sizes

# --- Chains of direct calls; static functions of one name; a library function; what is not linked
compile plain a.c << 'SOURCE'
void b_run(int); int copy(int);
__attribute__((noinline)) int leaf(int a) { volatile int b[4]; b[0] = a; return b[0]; }
static __attribute__((noinline)) int same(int *a) { volatile int b[20]; b[0] = *a; return leaf(b[0]) + 1; }
int dropped(int *a) { volatile int b[900]; b[0] = *a; return b[0] + same(a); }
void reset(void) { volatile int a[3]; a[0] = same((int *)a); b_run(a[0]); a[1] = leaf(1); }
SOURCE
compile plain b.c << 'SOURCE'
int copy(int);
static __attribute__((noinline)) int same(int *a) { volatile int b[40]; b[0] = *a; return copy(b[0]) + 1; }
void b_run(int n) { volatile int a[1]; a[0] = same(&n) + 1; }
SOURCE
compile plain copy.S << 'SOURCE'
.syntax unified
.thumb
.global copy
.type copy, %function
copy: push {r4, lr}
 pop {r4, pc}
SOURCE
link_all plain
limits
refuses 'limits: copy: in no *.ci file; add ' plain
limits 'frame copy 8 one push'
# reset 24, b_run 16, b.c:same 168, copy 8
measures stack 216 plain
says '     208    168  b.c:same'
says '     216      8  copy'
limits 'frame * 64 guessed' 'frame co* 16 guessed better'
measures stack 224 plain
says 'assumed by a name with *: copy 16'
says 'limits:6: not needed'
limits 'frame * 64 guessed' 'frame co* 16 guessed better' 'frame copy 24 known'
measures stack 232 plain
# what assembly calls
limits 'frame copy 8 one push' 'calls copy: a.c:same'
measures stack $((216 + 88 + 16)) plain
limits 'frame copy 8 one push' 'calls copy: same'
refuses 'limits:7: same is both a.c:same.isra.0 and b.c:same.isra.0; write more of the path' plain
limits 'frame copy 8 one push' 'calls copy: c.c:same'
refuses 'limits:7: c.c:same: no such function in the program' plain
limits 'frame copy 8 one push' 'calls copy: .c:same'
refuses 'limits:7: .c:same: no such function in the program' plain
limits 'frame copy 8 one push' 'calls copy: dropped'
refuses 'limits:7: dropped: no such function in the program' plain
limits 'entry rest'
refuses 'limits:6: rest: no such function in the program' plain

# --- Source files of one name in two folders
compile paths one/x.c << 'SOURCE'
static __attribute__((noinline)) int work(int a) { volatile int b[10]; b[0] = a; return b[0]; }
int one(int a) { return work(a) + 1; }
SOURCE
compile paths two/x.c << 'SOURCE'
static __attribute__((noinline)) int work(int a) { volatile int b[20]; b[0] = a; return b[0]; }
int two(int a) { return work(a) + 1; }
SOURCE
compile paths r.c << 'SOURCE'
int one(int); int two(int);
volatile int result;
void reset(void) { result = one(1) + two(2); }
SOURCE
link_all paths
limits
sed -i 's/^entry.*/entry x.c:work/' limits
refuses 'limits:5: work is both one/x.c:work and two/x.c:work; write more of the path' paths
sed -i 's/^entry.*/entry one\/x.c:work/' limits
measures stack 40 paths
sed -i 's/^entry.*/entry two\/x.c:work/' limits
measures stack 80 paths
limits
measures stack $((8 + 8 + 80)) paths

# --- Each limit: kept exactly, and exceeded by one
limits 'frame copy 8 one push'
run 0 plain
for part in text data bss stack; do
    bytes=$(awk -v part="$part" '$1 == part && NF == 4 { print $2 }' out)
    sed "s/^$part .*/$part $bytes/" limits > exact
    mv exact limits
done
run 0 plain
[ "$(awk 'NF == 4 && $4 == 0' out | wc -l)" -eq 4 ] || fail "not all limits are reached"
for part in text stack; do
    awk -v part="$part" '$1 == part { $2 = $2 - 1 } { print }' limits > less
    cp limits exact
    mv less limits
    run 1 plain --name "the board"
    grep -qF "hearth-budget: the board: $part is 1 bytes above its limit of" err || fail "no word on $part"
    [ "$(wc -l < err)" -eq 1 ] || fail "not exactly one line on standard error"
    says 'the board'
    mv exact limits
done
limits 'stack-section .stack'
sed -i 's/^data .*/data 11/; s/^bss .*/bss 99/' limits
run 1 sizes
grep -qF 'data is 1 bytes above its limit of 11 (limits:2)' err || fail "no word on data"
grep -qF 'bss is 1 bytes above its limit of 99 (limits:3)' err || fail "no word on bss"
[ "$(wc -l < err)" -eq 2 ] || fail "not exactly two lines on standard error"

# --- Calls through pointers
compile pointer p.c << 'SOURCE'
typedef int call(int);
call *volatile hook;
volatile int result;
static int (*volatile quiet)(int);
__attribute__((noinline)) int deep(int a) { volatile int b[30]; b[0] = a; return b[0]; }
__attribute__((noinline)) int flat(int a) { volatile int b[2]; b[0] = a; return b[0]; }
static __attribute__((noinline)) int through(int a) { return hook(a) + 1; }
int silent(int a) { return quiet(a) + 1; }
void reset(void) { hook = deep; hook = flat; result = through(result); result = silent(result); hook = silent; }
SOURCE
link_all pointer
limits
run 2 pointer
grep -qF 'limits: p.c:through: calls' err || fail "no word on through"
grep -qF 'limits: silent: calls through a pointer; add ' err || fail "no word on silent"
[ "$(wc -l < err)" -eq 2 ] || fail "not exactly two lines on standard error"
run 0 pointer --draft
sort out > lines
printf 'calls p.c:through:\ncalls silent:\n' | cmp -s - lines || fail "another draft"
cp out draft
cat draft >> limits
refuses 'calls nobody' pointer
limits 'calls p.c:through: flat' 'none silent set by nobody'
measures stack 24 pointer
limits 'calls through: flat deep' 'none silent set by nobody'
measures stack $((16 + 120)) pointer
limits 'calls through: flat deep' 'calls silent: through'
measures stack $((16 + 8 + 120)) pointer
limits 'calls through: flat dep' 'none silent set by nobody'
refuses 'limits:6: dep: no such function' pointer
# a pointer can close a cycle
limits 'calls through: silent' 'calls silent: through'
refuses '-> silent' pointer

# --- Recursion
compile recursion r.c << 'SOURCE'
int odd(int);
__attribute__((noinline)) int self(int a) { volatile int b[4]; b[0] = a; return a ? self(a - 1) + b[0] : 0; }
__attribute__((noinline)) int even(int a) { volatile int b[2]; b[0] = a; return a ? odd(a - 1) + b[0] : 0; }
void reset(void) { volatile int a; a = self(3); a = even(4); }
SOURCE
compile recursion odd.c << 'SOURCE'
int even(int);
int odd(int a) { volatile int b[10]; b[0] = a; return a ? even(a - 1) + b[0] : 0; }
SOURCE
link_all recursion
limits
run 0 recursion --draft
says '# self -> self'
says 'recursion self'
limits 'recursion self 5 depth of the tree'
refuses '-> odd' recursion
limits 'recursion self 5 depth of the tree' 'recursion odd 1 never again'
# reset 16, self 24 each, even 16, odd 48
measures stack $((16 + 5 * 24)) recursion
says '(5 times)'
limits 'recursion self 1 never again' 'recursion odd 3 parsed before'
measures stack $((16 + 16 + 3 * (48 + 16))) recursion
# Bounds of separate circles do not multiply (too many in one: unit.budget.stack_depth).
limits 'recursion self 1000 x' 'recursion odd 1000 x' 'recursion even 1000 x'
measures stack $((16 + 1000 * (48 + 16))) recursion

# --- Interrupts: levels pile up, handlers of one level do not
compile interrupt i.c << 'SOURCE'
__attribute__((noinline)) int leaf(int a) { volatile int b[3]; b[0] = a; return b[0]; }
void reset(void) { leaf(1); }
void small(void) { volatile int b[2]; b[0] = leaf(1); }
void large(void) { volatile int b[8]; b[0] = leaf(1); }
void fault(void) { volatile int b[12]; b[0] = 1; }
SOURCE
link_all interrupt -Wl,-u,small,-u,large,-u,fault
limits
measures stack 16 interrupt
limits 'interrupt small 1' 'interrupt large 1'
measures stack $((16 + 32 + 40 + 16)) interrupt
says '      48     32  interrupt of level 1'
limits 'interrupt small 1' 'interrupt large 2' 'interrupt fault 255'
measures stack $((16 + 32 + 16 + 16 + 32 + 40 + 16 + 32 + 48)) interrupt
limits 'interrupt small 1' 'exception 104'
measures stack $((16 + 104 + 16 + 16)) interrupt
limits 'interrupt smal 1'
refuses 'limits:6: smal: no such function' interrupt
# The core aligns the stack before it pushes: a function may leave it at a multiple of 4.
limits 'interrupt small 1' 'frame copy 12 pushes three'
sed -i 's/^entry.*/entry copy/; s/small/b_run/' limits
run 0 plain
says '      12     12  copy'
says '      48     32  interrupt of level 1'
measures stack $((16 + 32 + 16 + 168 + 12)) plain

# --- What the linker makes of names: weak and strong definitions, aliases, equal functions, clones
compile names n.c << 'SOURCE'
int leaf(int);
__attribute__((weak)) int lost(void) { volatile int b[100]; b[0] = 1; return b[0]; }
__attribute__((weak, noinline)) int kept(void) { volatile int b[10]; b[0] = 1; return b[0]; }
int alias(void) __attribute__((alias("kept")));
static __attribute__((noinline)) int twin_a(int a) { leaf(a * 7); return leaf(a + 9) + a * 33; }
static __attribute__((noinline)) int twin_b(int a) { leaf(a * 7); return leaf(a + 9) + a * 33; }
static __attribute__((noinline)) int cloned(int a, int b) { volatile int c[50]; c[0] = a; return c[0] + leaf(b); }
int one(void) { return lost() + 1; }
int two(void) { return kept() + 1; }
int three(void) { return alias() + 1; }
int four(int a) { return twin_b(a) + 1; }
int six(int a) { return twin_a(a) + 1; }
__attribute__((noinline)) int alike(int a) { volatile int b[2]; b[0] = a; return b[0]; }
int five(int a) { return cloned(a, 3) + cloned(a + 1, 3); }
void reset(void) { one(); two(); three(); four(1); five(2); }
SOURCE
compile names m.c << 'SOURCE'
__attribute__((noinline)) int leaf(int a) { volatile int b[2]; b[0] = a; return b[0]; }
static __attribute__((noinline)) int alike(int a) { volatile int b[40]; b[0] = a; return b[0]; }
int lost(void) { volatile int b[4]; b[0] = 2; return b[0]; }
int also(int a) { return alike(a) + 1; }
SOURCE
grep -q 'cloned.constprop' names/n.c.ci || fail "gcc made no clone"
grep -q 'sourcename: "four" targetname: "n.c:twin_b"' names/n.c.ci || fail "gcc merged other functions"
! grep -q 'node: { title: "n.c:twin_b"' names/n.c.ci || fail "gcc merged no functions"
link_all names -Wl,-u,one,-u,two,-u,three,-u,four,-u,six,-u,alike,-u,also
stack_of()
{
    limits
    sed -i "s/^entry.*/entry $1/" limits
    measures stack "$2" names
}
stack_of one 24
stack_of lost 16
stack_of two 48
stack_of three 48
stack_of alias 40
# twin_b has no node: it is twin_a
stack_of four $((8 + 8 + 8))
stack_of six $((8 + 8 + 8))
# the global one needs no file
stack_of alike 8
stack_of m.c:alike 160
limits
sed -i 's/^entry.*/entry n.c:cloned/' limits
measures stack $((208 + 8)) names
says 'n.c:cloned.constprop.0'
compile names w.c << 'SOURCE'
__attribute__((weak)) int kept(void) { return 4; }
SOURCE
link_all names
limits
refuses 'kept is weak in names/n.c.ci and in names/w.c.ci' names

# --- What GCC leaves out of a frame: arguments that a variadic function puts on the stack
compile variadic v.c << 'SOURCE'
#include <stdarg.h>
__attribute__((noinline)) int first(const char *f, ...)
{
    va_list list;
    int a;
    va_start(list, f);
    a = va_arg(list, int);
    va_end(list);
    return a;
}
void reset(void) { first("d", 1); }
SOURCE
grep -q 'first.*\\n8 bytes' variadic/v.c.ci || fail "gcc says another frame of a variadic function"
link_all variadic -Wl,-u,first
limits
sed -i 's/^entry.*/entry first/' limits
measures stack 24 variadic

# --- Frames without bound
compile dynamic d.c << 'SOURCE'
volatile int size;
__attribute__((noinline)) int use(volatile char *b) { return b[0]; }
__attribute__((noinline)) void take(int n) { volatile char b[n]; size = use(b); }
void reset(void) { take(size); }
SOURCE
link_all dynamic
limits
refuses 'take: takes stack without bound (alloca, variable length)' dynamic
run 0 dynamic --draft
[ "$(cat out)" = 'frame take' ] || fail "another draft"
limits 'frame take 120 n is at most 100'
run 0 dynamic
says '120  take'
limits 'frame * 8 libraries'
refuses 'without bound' dynamic

# --- A program that uses the floating-point unit
compile float f.c -mfloat-abi=hard << 'SOURCE'
float half(float a) { return a / 2; }
void reset(void) { half(1); }
SOURCE
"$compiler" -mcpu=cortex-m33 -mthumb -mfloat-abi=hard -nostdlib -Wl,-Ttext=0,-e,reset float/f.c.o -o float/elf
limits
refuses 'uses the floating-point unit; add ' float
limits 'exception 104'
run 0 float

# --- Files that cannot be used
limits 'frame copy 8 one push'
mkdir -p bad empty
for command in "-s" "-x"; do
    "${compiler%gcc}strip" $command plain/elf -o bad/elf
    cp plain/*.ci bad
    refuses 'do not strip' bad
done
"${compiler%gcc}objcopy" --localize-symbol b_run plain/elf bad/elf
refuses 'b_run is global for GCC and local in the ELF file' bad
cp plain/a.c.o bad/elf
refuses 'bad/elf: not linked' bad
head -c 2000 plain/elf > bad/elf
refuses 'no section headers' bad
cp plain/a.c.ci bad/elf
refuses 'no 32-bit little-endian ARM' bad
cp plain/elf bad/elf
head -n 3 plain/a.c.ci > bad/a.c.ci
refuses 'bad/a.c.ci: ends too early' bad
cp plain/a.c.ci bad
mkdir bad/again
cp plain/a.c.ci bad/again
refuses 'is defined in' bad
rm -r bad/again
sed 's/\\n[0-9]* bytes (static)//' plain/a.c.ci > bad/a.c.ci
refuses 'compile with -fcallgraph-info=su' bad
limits 'frames copy 8 one push'
refuses 'limits:6: frames: no such statement' plain
elf=plain/elf
limits 'frame copy 8 one push'
refuses_options 'no *.ci file in it' --elf "$elf" --calls empty --limits limits
refuses_options 'absent: No such file' --elf "$elf" --calls absent --limits limits
refuses_options 'absent: No such file' --elf absent --calls plain --limits limits
refuses_options 'absent: No such file' --elf "$elf" --calls plain --limits absent
refuses_options 'no --elf' --calls plain --limits limits
refuses_options 'no --calls' --elf "$elf" --limits limits
refuses_options 'no --limits' --elf "$elf" --calls plain
refuses_options 'given twice' --elf "$elf" --elf "$elf" --calls plain --limits limits
refuses_options 'is no option' --elf "$elf" --limits limits plain
refuses_options 'unknown option' --elf
code=0
"$tool" --elf "$elf" --calls plain --limits limits > /dev/full 2> err || code=$?
[ "$code" -eq 2 ] || fail "no refusal of a full standard output"
# several folders
mkdir half
mv plain/b.c.ci half
code=0
"$tool" --elf "$elf" --calls plain half --limits limits > out 2> err || code=$?
[ "$code" -eq 0 ] || fail "two folders: exit code $code"
says '     216      8  copy'
"$tool" --help > out
says 'usage: hearth-budget'
echo "hearth-budget: all right"
