package io.countersign.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PastCacheTest {
    private static final int BLOCK = PastCache.BLOCK;

    @TempDir
    private Path folder;

    private final Random random = new Random(1);
    private Path file;
    private FileChannel cached;

    @BeforeEach
    void create() throws IOException {
        file = folder.resolve("file");
        cached = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Whatever happened, every block is there again. */
    @AfterEach
    void allAreGivenBack() throws IOException {
        try (PastCache another = new PastCache(() -> new Blocks(Integer.MAX_VALUE))) {
            List<ByteBuffer> blocks = IntStream.range(0, PastCache.BLOCKS)
                    .mapToObj(i -> another.block())
                    .filter(Objects::nonNull)
                    .toList();
            assertThat(another.block()).isNull();
            blocks.forEach(PastCache::giveBack);
            assertThat(blocks).hasSize(PastCache.BLOCKS);
        }
        cached.close();
    }

    static Stream<Arguments> cases() {
        return IntStream.of(0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 1, 5 * BLOCK + 4_097)
                .boxed()
                .flatMap(size -> IntStream.of(1_000, 16_384, 3 * BLOCK).mapToObj(part -> Arguments.of(size, part)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theFileIsWhatWasWritten(int size, int part) throws IOException {
        write(PastCache.of(file), size, size, part);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void alsoWhereItsFileSystemDoesNotTakeIt(int size, int part) throws IOException {
        write(
                new PastCache(() -> {
                    throw new IOException("Invalid argument");
                }),
                -1,
                size,
                part);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void orNoMoreThanOneBlock(int size, int part) throws IOException {
        write(new PastCache(() -> new Blocks(1)), size, size, part);
    }

    @Test
    void wholeBlocksOfALargeFileGoPastTheCache() throws IOException {
        Blocks past = new Blocks(Integer.MAX_VALUE);
        write(new PastCache(() -> past), 2 * BLOCK + 1, 2 * BLOCK + 1, 16_384);
        assertThat(past.written).containsExactly(BLOCK + " at 0", BLOCK + " at " + BLOCK);
    }

    @Test
    void behindTheFirstWhereNobodyHasSaidThatItIsLarge() throws IOException {
        Blocks past = new Blocks(Integer.MAX_VALUE);
        write(new PastCache(() -> past), -1, 3 * BLOCK, 16_384);
        assertThat(past.written).containsExactly(BLOCK + " at " + BLOCK, BLOCK + " at " + 2 * BLOCK);
    }

    @Test
    void smallOnesGoThroughIt() throws IOException {
        write(
                new PastCache(() -> {
                    throw new AssertionError("opened");
                }),
                BLOCK - 1,
                BLOCK - 1,
                16_384);
    }

    @Test
    void moreFilesThanBlocksAreAllWritten() throws IOException {
        byte[] content = content(6 * BLOCK + 100);
        List<FlushAhead> files = new ArrayList<>();
        for (int i = 0; i < 3 * PastCache.BLOCKS; i++) {
            files.add(FlushAhead.create(folder.resolve("file-" + i), content.length));
        }
        for (int at = 0; at < content.length; at += 100_000) {
            for (FlushAhead each : files) {
                each.write(ByteBuffer.wrap(content, at, Math.min(100_000, content.length - at)));
            }
        }
        for (int i = 0; i < files.size(); i++) {
            files.get(i).finish();
            assertThat(folder.resolve("file-" + i)).hasBinaryContent(content);
        }
    }

    /** And the next call tells it, since the answer must not be a success. */
    @Test
    void whatTheCacheDoesNotTakeEitherFailsTheWhole() throws IOException {
        IOException full = new IOException("No space left on device");
        FileChannel disk = new WrittenAt() {
            @Override
            public int write(ByteBuffer source, long position) throws IOException {
                if (position >= BLOCK) {
                    throw full;
                }
                return cached.write(source, position);
            }
        };
        try (FlushAhead writing = new FlushAhead(disk, new PastCache(() -> new Blocks(0)), -1)) {
            writing.write(ByteBuffer.wrap(content(2 * BLOCK)));
            assertThatThrownBy(writing::finish).isSameAs(full);
        }
    }

    @Test
    void whatIsGivenUpInABlockGivesItBack() throws IOException {
        try (FlushAhead writing = new FlushAhead(cached, PastCache.of(file), -1)) {
            writing.write(ByteBuffer.wrap(content(2 * BLOCK + 5)));
        }
        assertThat(Files.size(file)).isEqualTo(2L * BLOCK);
    }

    private void write(PastCache past, long announced, int size, int part) throws IOException {
        byte[] content = content(size);
        FlushAhead writing = new FlushAhead(cached, past, announced);
        for (int at = 0; at < size; at += part) {
            writing.write(ByteBuffer.wrap(content, at, Math.min(part, size - at)));
        }
        writing.finish();
        assertThat(file).hasBinaryContent(content);
    }

    private byte[] content(int size) {
        byte[] content = new byte[size];
        random.nextBytes(content);
        return content;
    }

    /** Takes so many blocks, each in two pieces. */
    private final class Blocks extends WrittenAt {
        private final List<String> written = new CopyOnWriteArrayList<>();
        private final int most;

        Blocks(int most) {
            this.most = most;
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            if (position % BLOCK != 0) {
                return cached.write(source, position);
            }
            if (written.size() == most) {
                throw new IOException("Invalid argument");
            }
            written.add(source.remaining() + " at " + position);
            int half = source.remaining() / 2;
            int done = cached.write(source.slice(source.position(), half), position);
            source.position(source.position() + done);
            return done;
        }
    }
}
