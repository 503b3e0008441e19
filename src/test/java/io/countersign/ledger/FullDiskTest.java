package io.countersign.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.refusal.Refusals;
import io.countersign.refusal.Refusing;
import io.countersign.testing.LedgerKind;
import io.countersign.testing.PostgresServer;
import io.countersign.testing.PostgresServer.Database;
import io.countersign.testing.SmallDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger on a disk that is full, or may only be read. */
class FullDiskTest {
    @TempDir
    private Path folder;

    @Test
    void aFileOnADiskThatIsFullTakesNothingMoreAndGoesOnWhenThereIsRoom() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder, "size=2m")) {
            assertThatItEndsAndGoesOn(disk, LedgerKind.SQLITE.fresh(disk.folder()), "no space left on its disk (");
        }
    }

    @Test
    void aServerWhoseDiskIsFullTakesNothingMoreAndGoesOnWhenThereIsRoom() throws Exception {
        PostgresServer server = PostgresServer.shared();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        Path small = Files.createDirectory(folder.resolve("small"));
        String nobodys = "size=32m,mode=0700,uid=" + PostgresServer.NOBODY + ",gid=" + PostgresServer.NOBODY;
        try (SmallDisk disk = SmallDisk.mount(small, nobodys)) {
            server.administer("CREATE TABLESPACE small LOCATION '" + small + "'");
            Database database = server.database("TABLESPACE small");
            assertThatItEndsAndGoesOn(disk, database, "no space left on the server's disk (53100: ");
            server.drop(database);
            server.administer("DROP TABLESPACE small");
        }
    }

    private static void assertThatItEndsAndGoesOn(SmallDisk disk, Database database, String why) throws Exception {
        try (Ledger ledger = Entries.opened(database)) {
            List<Entry> promised = new ArrayList<>();
            for (int round = 0; round < 10; round++) {
                disk.fill();
                LedgerException full = fill(ledger, promised);
                assertThat(full.isFull()).isTrue();
                assertThat(full).hasMessageContaining(" cannot be written: " + why);
                assertThat(answer(full)).isEqualTo(507);
                for (Entry entry : promised) {
                    assertThat(Entries.has(ledger, entry)).isTrue();
                }
                disk.clear();
                long begin = System.nanoTime();
                Entry entry = Entries.entry();
                assertThat(Entries.add(ledger, entry)).isTrue();
                promised.add(entry);
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
                assertThat(ledger.trouble()).isEmpty();
            }
            assertThat(Entries.all(ledger))
                    .extracting(Entry::id)
                    .containsAll(promised.stream().map(Entry::id).toList());
        }
    }

    @Test
    void oneThatCannotBeMadeForWantOfRoomSaysSo() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder, "size=64k")) {
            disk.fill();
            Ledger ledger = Entries.ledger(LedgerKind.SQLITE.fresh(disk.folder()));
            assertThatThrownBy(ledger::open)
                    .isInstanceOfSatisfying(
                            LedgerException.class,
                            failed -> assertThat(failed.isFull()).isTrue())
                    .hasMessageContaining("cannot be opened: no space left on its disk");
        }
    }

    @Test
    void oneThatMayOnlyBeReadSaysSo() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder, "size=8m")) {
            Database database = LedgerKind.SQLITE.fresh(disk.folder());
            Entries.opened(database).close();
            assertThat(disk.readOnly(true)).isTrue();
            Ledger ledger = Entries.ledger(database);
            LedgerException failed = Assertions.catchThrowableOfType(LedgerException.class, ledger::open);
            assertThat(failed).hasMessageContaining("ledger.db cannot be opened: it may only be read (SQLITE_");
            assertThat(answer(failed)).isEqualTo(503);
            assertThat(disk.readOnly(false)).isTrue();
            ledger.open();
            assertThat(Entries.add(ledger, Entries.entry())).isTrue();
            ledger.close();
        }
    }

    /** Until it takes no more. */
    private static LedgerException fill(Ledger ledger, List<Entry> promised) throws Exception {
        for (int i = 0; i < 10_000; i++) {
            Entry entry = Entries.entry();
            try {
                assertThat(Entries.add(ledger, entry)).isTrue();
                promised.add(entry);
            } catch (LedgerException full) {
                return full;
            }
        }
        throw new AssertionError("it is never full");
    }

    private static int answer(LedgerException failed) throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            Exchange exchange = new DefaultExchange(context);
            exchange.setException(failed);
            Refusing refusing = new Refusing();
            refusing.setRefusals(new Refusals());
            refusing.process(exchange);
            return exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        }
    }
}
