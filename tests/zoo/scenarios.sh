# Scenarios in the zoo; sourced by zoo.sh, whose functions and variables these use.
# shellcheck shell=sh disable=SC2154

# firmware_targets TARGET: what has to be built for a target's device, new images included.
firmware_targets()
{
    case $1 in
        native) echo hearth-native images.native ;;
        *) echo hearth-provision hearth-token "board.${1%_qemu}" "board.${1%_qemu}.hearth-a" "images.${1%_qemu}" ;;
    esac
}

# scenario_targets: the same for every target that a scenario finds a defect on.
scenario_targets()
{
    for target in $(every Also devices) \
        $(sed -n 's/^Scenario: \([^ ]*\) .*/\1/p' "$source"/tests/zoo/*.patch | sort -u); do
        if [ "$target" = native ] || has_board; then
            firmware_targets "$target"
        fi
    done
}

# scenario_finds: whether the finding is there that the header names; sets replay.
scenario_finds()
{
    lab findings --json --state open --clause "$clause" > "$copy/findings.json"
    grep -q "\"fingerprint\": *\"$scenario.$found_by\"" "$copy/findings.json" || return 1
    grep -q "\"class\": *\"$class\"" "$copy/findings.json" || return 1
    replay=$(sed -n "s/.*\"replay\": *\"\($scenario\/[^\"]*\)\".*/\1/p" "$copy/findings.json" | head -n 1)
    [ -n "$replay" ]
}

# run_scenario OPTION...: has to end with a finding.
run_scenario()
{
    code=0
    lab run "$@" > "$copy/run.log" 2>&1 || code=$?
    [ "$code" -eq 1 ] || {
        cat "$copy/run.log"
        fail "ordeal run $* ended with exit code $code instead of 1"
    }
}

plant_for_scenario()
{
    target=$(header Scenario)
    scenario=${target#* }
    target=${other:-${target%% *}}
    build_targets "$(firmware_targets "$target") $(unit_targets "$unit_tests")"
    run_unit_tests &
    began=$(date +%s)
    run_scenario --target "$target" --scenario "$scenario" --seed 1
    scenario_finds || {
        cat "$copy/run.log" "$copy/findings.json"
        fail "no finding of class $class by $found_by against $clause"
    }
    took=$(($(date +%s) - began))
    run_scenario --replay "$replay"
    wait "$!" || fail "$name is no defect for the zoo"
    add_row "scenario $scenario" "$took"
}

# sound_run TARGET: every scenario on a sound device, of the tree's own build: nothing fails, nothing is left
# open.
sound_run()
{
    mkdir -p "$results"
    rm -f "$results/sound-$1"
    if [ "$1" != native ] && ! has_board; then
        echo "$1: not run, since the board's firmware is not built"
        exit "$not_run"
    fi
    store=$zoo/store-sound-$1
    rm -rf "$store"
    began=$(date +%s)
    code=0
    (cd "$zoo" && "$ordeal" run --project "$source" --build "$(dirname "$ordeal")" --store "$store" \
        --target "$1") || code=$?
    [ "$code" -eq 0 ] || fail "scenarios on a sound $1 ended with exit code $code"
    echo "all scenarios on $1 in $(($(date +%s) - began)) s" | tee "$results/sound-$1"
    rm -rf "$store"
}
