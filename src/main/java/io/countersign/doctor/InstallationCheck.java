package io.countersign.doctor;

import io.countersign.doctor.Finding.Mark;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Looks at an installation from all sides, and changes nothing but for a small file that is gone again. */
public final class InstallationCheck {
    private final Installation installation;
    private final Consumer<Finding> told;

    /** @param told gets each finding as soon as it is there */
    public InstallationCheck(Installation installation, Consumer<Finding> told) {
        this.installation = installation;
        this.told = told;
    }

    /** A question, whose answer may take a while. */
    interface Check {
        Finding look();
    }

    /** @return whether nothing has failed */
    public boolean run() {
        Papers papers = new Papers(installation);
        Machine machine = new Machine(installation);
        Fixes fixes = new Fixes(installation.standing());
        DataFolder data = new DataFolder(installation);
        Ports ports = new Ports(installation);
        List<Check> checks = List.of(
                papers::files,
                papers::keys,
                papers::routes,
                papers::dates,
                papers::host,
                papers::samples,
                machine::clock,
                machine::java,
                fixes::java,
                fixes::libraries,
                machine::limits,
                data::permissions,
                data::space,
                data::flush,
                new LedgerCheck(installation)::look,
                data::outboxes,
                ports::partners,
                ports::operations);
        List<Finding> found = checks.stream().map(this::look).toList();
        long failed = found.stream().filter(Finding::isFailure).count();
        long warnings = found.stream().filter(one -> one.mark() == Mark.WARNING).count();
        String seen = failed + " of " + found.size() + " checks failed, " + warnings
                + (warnings == 1 ? " warning" : " warnings");
        told.accept(
                failed == 0
                        ? Finding.ok("in all", seen)
                        : Finding.failed(
                                "in all", seen, new Cause("see above: " + steps(found), "mend these, and look again")));
        return failed == 0;
    }

    private Finding look(Check check) {
        Finding finding = check.look();
        told.accept(finding);
        return finding;
    }

    private static String steps(List<Finding> found) {
        Stream<String> names = found.stream().filter(Finding::isFailure).map(Finding::step);
        return String.join(", ", names.toList());
    }
}
