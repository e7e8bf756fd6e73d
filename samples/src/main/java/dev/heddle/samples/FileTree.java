package dev.heddle.samples;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** A tree of files: made from a seed, always the same, and digested again. */
record FileTree(TemporaryFolder root, List<String> paths) implements AutoCloseable {
  private static final int FILES_IN_FOLDER = 20;
  private static final int MOST_BYTES = 256 << 10;

  /** Writes so many files, into folders that closing takes away. */
  static FileTree write(int files, long seed) throws IOException {
    FileTree tree = new FileTree(TemporaryFolder.make("heddle-tree-"), new ArrayList<>());
    try {
      Random random = new Random(seed);
      for (int i = 0; i < files; i++) {
        Path folder = tree.root.path().resolve("folder-" + i / FILES_IN_FOLDER);
        if (i % FILES_IN_FOLDER == 0) {
          Path _ = Files.createDirectory(folder);
        }
        byte[] bytes = new byte[random.nextInt(MOST_BYTES)];
        random.nextBytes(bytes);
        tree.paths.add(Files.write(folder.resolve("file-" + i), bytes).toString());
      }
      return tree;
    } catch (IOException e) {
      tree.close();
      throw PidFile.explained("cannot write below", tree.root.path(), e);
    }
  }

  /** The SHA-512 of a file, in hexadecimal. Outside of this process too, so a path is text. */
  static String digest(String file) throws IOException {
    return sha512(Files.readAllBytes(Path.of(file)));
  }

  /** The SHA-512 of other digests, one after the other. */
  static String digestOf(List<String> digests) {
    return sha512(String.join("", digests).getBytes(StandardCharsets.US_ASCII));
  }

  private static String sha512(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("each JDK has it", e);
    }
  }

  @Override
  public void close() throws IOException {
    root.close();
  }
}
