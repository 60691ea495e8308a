// SPDX-License-Identifier: Apache-2.0
package tollway.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import tollway.files.Directories;

/** The socket in the file system: made so that at no moment anybody else can connect. */
final class ControlSocket {
  /** {@code sun_path} with its closing zero (unix(7)). */
  private static final int PATH_LIMIT = 107;

  /** S_IFMT and S_IFSOCK (inode(7)). */
  private static final int FILE_TYPE = 0xf000;

  private static final int SOCKET = 0xc000;

  private ControlSocket() {}

  /**
   * A listening socket of mode 0600 at {@code path}; takes the place of a socket that nobody
   * serves, and of nothing else.
   */
  static ServerSocketChannel listen(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    Path directory = absolute.getParent();
    if (directory == null) {
      throw new ControlPathException(path + " is not a file name");
    }
    checkLength(absolute);
    try {
      Directories.make(directory);
    } catch (NotDirectoryException file) {
      throw new ControlPathException("'" + file.getFile() + "' is not a directory");
    }
    if (Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
      checkSocket(absolute);
      if (isServed(absolute)) {
        throw new ControlInUseException(absolute);
      }
    }
    // Bound where nobody else can look (mode 0700), then moved: chmod alone would come too late.
    Path hidden = hidden(directory);
    Path bound = hidden.resolve("s");
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      checkLength(bound);
      server.bind(UnixDomainSocketAddress.of(bound));
      Files.setPosixFilePermissions(bound, PosixFilePermissions.fromString("rw-------"));
      Files.move(bound, absolute, StandardCopyOption.ATOMIC_MOVE);
      return server;
    } catch (IOException refused) {
      server.close();
      throw refused;
    } finally {
      Files.deleteIfExists(bound);
      Files.deleteIfExists(hidden);
    }
  }

  /** What is refused is told of {@code directory}: nobody asked for that name. */
  private static Path hidden(Path directory) throws IOException {
    try {
      return Files.createTempDirectory(directory, ".c");
    } catch (AccessDeniedException denied) {
      throw new AccessDeniedException(directory.toString());
    } catch (FileSystemException refused) {
      String why = refused.getReason() == null ? "" : ": " + refused.getReason();
      throw new ControlPathException("no socket can be made in '" + directory + "'" + why);
    }
  }

  static SocketChannel connect(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    checkLength(absolute);
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(absolute));
      return channel;
    } catch (IOException refused) {
      channel.close();
      if (Files.exists(absolute) && !Files.isReadable(absolute)) {
        throw new java.nio.file.AccessDeniedException(absolute.toString());
      }
      throw new ControlAbsentException(absolute);
    }
  }

  /** Whatever else has this name, it is not ours to replace. */
  private static void checkSocket(Path path) throws IOException {
    int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & FILE_TYPE) != SOCKET) {
      throw new ControlPathException("'" + path + "' exists and is not a socket");
    }
  }

  private static boolean isServed(Path path) throws IOException {
    try (SocketChannel channel = connect(path)) {
      return channel.isConnected();
    } catch (ControlAbsentException | NoSuchFileException stale) {
      return false;
    }
  }

  private static void checkLength(Path path) throws ControlPathException {
    if (path.toString().getBytes(StandardCharsets.UTF_8).length > PATH_LIMIT) {
      throw new ControlPathException(
          "too long for a socket name (" + PATH_LIMIT + " bytes at most): " + path);
    }
  }
}
