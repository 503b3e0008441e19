package io.countersign.cli;

import io.countersign.audit.AuditLog;
import io.countersign.edit.TextFile;
import io.countersign.partner.Partners.Described;
import io.countersign.route.Differences;
import io.countersign.route.PartnerFiles;
import io.countersign.route.PartnerFiles.Found;
import io.countersign.settings.Problems;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A change of one partner's file. It is made only where the files, read again with the change in them, have no problem that
 * they did not have, say of this partner what was meant, and of all others what they said before.
 */
final class PartnerChange implements AutoCloseable {
    private final Home home;
    private final PrintWriter out;
    private final PrintWriter err;
    private Problems before;
    private Found found;
    private @Nullable PartnerLock lock;

    private PartnerChange(Home home, PrintWriter out, PrintWriter err, @Nullable PartnerLock lock) throws IOException {
        this.home = home;
        this.out = out;
        this.err = err;
        this.lock = lock;
        this.before = home.problems();
        this.found = home.files().read(before);
    }

    /**
     * Reads the files as they are.
     *
     * @param alone whether no other command may change them from now on; where a person is asked first, that waits
     */
    static PartnerChange of(Home home, PrintWriter out, PrintWriter err, boolean alone) throws IOException {
        PartnerLock lock = alone && Files.isDirectory(home.settings().routes())
                ? PartnerLock.take(home.files().folder())
                : null;
        boolean read = false;
        try {
            PartnerChange change = new PartnerChange(home, out, err, lock);
            read = true;
            return change;
        } finally {
            if (!read && lock != null) {
                lock.close();
            }
        }
    }

    /** After the question: reads the files again, which nobody else changes from now on. */
    void proceedAlone() throws IOException {
        if (lock == null) {
            lock = PartnerLock.take(home.files().folder());
            before = home.problems();
            found = home.files().read(before);
        }
    }

    @Override
    public void close() throws IOException {
        if (lock != null) {
            lock.close();
        }
    }

    Found found() {
        return found;
    }

    /** The partner's bean and file; where there is none, says which there are. */
    Optional<Described> partner(String name) {
        Described described = found.described().get(name);
        if (described == null) {
            err.println("partner " + name + " is described by no file that can be read; there are: "
                    + String.join(", ", found.described().keySet()));
            before.found().forEach(problem -> err.println("wrong: " + problem));
        }
        return Optional.ofNullable(described);
    }

    String text(String file) throws IOException {
        return Files.readString(path(file));
    }

    Path path(String file) {
        return home.folder().resolve(file);
    }

    private void audit(String command, String name, String file, @Nullable String was, List<String> what, int code) {
        JsonObject facts = new JsonObject();
        facts.put("command", command);
        facts.put("partner", name);
        facts.put("file", file);
        facts.put("sha256Before", was);
        facts.put("sha256After", Auditing.sha256(path(file)));
        facts.put("what", new JsonArray(what));
        facts.put("takesEffect", code == 0);
        AuditLog log = new AuditLog(home.data());
        try {
            log.add("command", facts);
        } catch (IOException unwritable) {
            err.println("note: it is done, and is not in " + log + ": " + unwritable);
        }
    }

    /**
     * Checks the change, writes it, and says what it did.
     *
     * @param command as it is typed
     *
     * @param was the text that was changed; none where the file is new
     * @param becomes none where the file goes
     * @param meant the partner's properties after it; none where it goes
     * @param done what to say of it
     * @return the exit code
     */
    int write(
            String command,
            String name,
            String file,
            @Nullable String was,
            @Nullable String becomes,
            @Nullable Map<String, String> meant,
            String done)
            throws IOException {
        Problems after = home.problems();
        Found then = home.files().readWith(file, becomes, after);
        List<String> caused = new ArrayList<>(after.found());
        caused.removeAll(before.found());
        boolean away = meant == null || "false".equals(meant.get("enabled"));
        if (away) {
            // What is wrong there already may stand on another line now, and must keep nobody from being turned away.
            caused.removeIf(problem -> found.held().contains(name) && PartnerFiles.isOf(file, problem));
        }
        if (!caused.isEmpty()) {
            caused.forEach(err::println);
            err.println("nothing was changed");
            return 1;
        }
        Map<String, Map<String, String>> expected = properties(found);
        expected.remove(name);
        if (meant != null) {
            expected.put(name, meant);
        }
        if (!properties(then).equals(expected)) {
            err.println(file + ": would not say what was meant after the change, so it is not changed by a command");
            return 1;
        }
        if (was == null ? Files.exists(path(file)) : !was.equals(text(file))) {
            err.println(file + ": somebody else has changed it meanwhile; nothing was changed");
            return 1;
        }
        String digest = Auditing.sha256(path(file));
        if (becomes == null) {
            Files.delete(path(file));
        } else {
            TextFile.write(path(file), becomes);
        }
        out.println(done);
        after.warnings().stream()
                .filter(warning -> !before.warnings().contains(warning))
                .forEach(warning -> err.println("note: " + warning));
        int code = new Effect(name, file, then, after.found()).say(away, err);
        List<String> what = new ArrayList<>(List.of(done));
        Described described = found.described().get(name);
        what.addAll(Differences.properties(
                described == null ? Map.of() : described.partner().properties(), meant == null ? Map.of() : meant));
        audit(command, name, file, digest, what, code);
        return code;
    }

    private static Map<String, Map<String, String>> properties(Found found) {
        Map<String, Map<String, String>> properties = new TreeMap<>();
        found.described()
                .forEach((name, described) ->
                        properties.put(name, described.partner().properties()));
        return properties;
    }
}
