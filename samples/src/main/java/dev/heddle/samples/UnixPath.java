package dev.heddle.samples;

import java.net.UnixDomainSocketAddress;
import java.nio.file.InvalidPathException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the path of a Unix-domain socket. */
final class UnixPath implements ITypeConverter<UnixDomainSocketAddress> {
  @Override
  public UnixDomainSocketAddress convert(String text) {
    try {
      if (!text.isBlank()) {
        return UnixDomainSocketAddress.of(text);
      }
    } catch (InvalidPathException e) {
      // refused below
    }
    throw new TypeConversionException("'" + text + "' is not the path of a file");
  }
}
