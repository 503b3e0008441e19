package io.countersign.cli;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** A file or folder that cannot be read or written ends a command with one line; everything else is a defect of ours. */
final class FailedFile implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception thrown, CommandLine command, ParseResult parsed) throws Exception {
        Exception cause = thrown instanceof UncheckedIOException unchecked ? unchecked.getCause() : thrown;
        if (!(cause instanceof FileSystemException failed)) {
            throw thrown;
        }
        command.getErr().println(line(failed));
        return 1;
    }

    static String line(FileSystemException failed) {
        return path(failed) + ": " + why(failed);
    }

    /** Files whose name begins with a dot are ours for a moment; it is their folder that cannot be written. */
    private static String path(FileSystemException failed) {
        String text = failed.getFile();
        if (text == null) {
            return "a file";
        }
        Path file = Path.of(text);
        Path name = file.getFileName();
        Path folder = file.getParent();
        return name != null && folder != null && name.toString().startsWith(".") ? folder.toString() : text;
    }

    private static String why(FileSystemException failed) {
        if (failed instanceof AccessDeniedException) {
            return "permission denied; it must be one that whoever runs this command may read and write";
        }
        if (failed instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        if (failed instanceof FileAlreadyExistsException) {
            return "is there already, and is not a folder";
        }
        if (failed instanceof NotDirectoryException) {
            return "is not a folder";
        }
        if (failed instanceof DirectoryNotEmptyException) {
            return "is a folder that is not empty";
        }
        return failed.getReason() == null ? "cannot be read or written" : failed.getReason();
    }
}
