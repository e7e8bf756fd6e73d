package dev.heddle.samples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The guide's table of mistakes is what Heddle says, to the letter. */
class MistakesTest {
  private static final Path PAGE = GuideTest.GUIDE.resolve("mistakes.md");

  private static final String INTRODUCTION =
      """
      # Mistakes

      Each row was made by a program, and what Heddle says was written down by `MistakesTest`. Assertions are on (`-ea`), as they should
      be in tests. Lines, ports and times are those of an example.

      | | mistake | looks like | Heddle says |
      |---|---|---|---|
      """;

  private static final List<Mistake> MISTAKES = Mistakes.all();

  private static List<String> answers;

  @BeforeAll
  static void makeThemAll() {
    answers = MISTAKES.stream().map(Mistake::answer).toList();
  }

  @Test
  void theTableInTheGuideIsWhatHeddleSays() throws IOException {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    for (int i = 0; i < answers.size(); i++) {
      page.append(MISTAKES.get(i).row(i + 1, answers.get(i))).append('\n');
    }
    if (Boolean.getBoolean("heddle.guide.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE))
        .as("to write it anew: -Dtest=MistakesTest -Dheddle.guide.write=true")
        .isEqualTo(page.toString());
  }

  @Test
  void noMistakeIsSilent() {
    assertThat(answers).hasSizeGreaterThanOrEqualTo(25).doesNotContain("");
  }
}
