package dev.heddle.samples;

import java.io.IOException;
import java.io.OutputStream;

/** Writes to a stream, and what it has taken to a second one, as long as that takes it. */
final class Tee extends OutputStream {
  private final OutputStream stream;
  private final OutputStream second;

  /** Whether the second has taken all so far. */
  private boolean secondTakes = true;

  Tee(OutputStream stream, OutputStream second) {
    this.stream = stream;
    this.second = second;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int begin, int length) throws IOException {
    stream.write(bytes, begin, length);
    if (secondTakes) {
      try {
        second.write(bytes, begin, length);
      } catch (IOException e) {
        secondTakes = false; // it has heard enough
      }
    }
  }
}
