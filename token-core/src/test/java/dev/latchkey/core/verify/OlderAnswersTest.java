package dev.latchkey.core.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.util.function.IntSupplier;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("E2 after a change is applied no request is admitted by an older answer")
class OlderAnswersTest {

  @ParameterizedTest
  @EnumSource
  @DisplayName("in whatever order threads run")
  void inEveryOrder(OlderAnswers.Scene scene) {
    int orders = new OlderAnswers(scene.name()).getAsInt();
    assertThat(orders).isGreaterThan(50);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("and the same search finds the bug when look-ups in flight are not overtaken")
  void theSearchFindsTheBug(OlderAnswers.Scene scene) throws Exception {
    assertThatThrownBy(() -> withoutOvertaking(scene.name()).getAsInt())
        .hasMessageContaining("in order");
  }

  /** The same classes, of which VerdictCache does not mark a look-up as overtaken. */
  private static IntSupplier withoutOvertaking(String scene) throws Exception {
    Constructor<?> made =
        new Unguarded()
            .loadClass(OlderAnswers.class.getName())
            .getDeclaredConstructor(String.class);
    made.setAccessible(true);
    return (IntSupplier) made.newInstance(scene);
  }

  private static final class Unguarded extends ClassLoader {

    private static final String ROOM = OlderAnswersTest.class.getPackageName() + '.';

    Unguarded() {
      super(OlderAnswersTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(ROOM)) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      byte[] code = unguarded(name);
      return defineClass(name, code, 0, code.length);
    }

    private byte[] unguarded(String name) {
      try (InputStream code = getResourceAsStream(name.replace('.', '/') + ".class")) {
        ClassReader reader = new ClassReader(code);
        ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(new NeverOvertaken(writer), 0);
        return writer.toByteArray();
      } catch (IOException missing) {
        throw new UncheckedIOException(missing);
      }
    }
  }

  private static final class NeverOvertaken extends ClassVisitor {

    NeverOvertaken(ClassVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public MethodVisitor visitMethod(
        int access,
        String name,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      return new MethodVisitor(
          Opcodes.ASM9, super.visitMethod(access, name, descriptor, signature, exceptions)) {
        @Override
        public void visitFieldInsn(int opcode, String owner, String field, String type) {
          if (opcode == Opcodes.PUTFIELD && field.equals("overtaken")) {
            super.visitInsn(Opcodes.POP2);
          } else {
            super.visitFieldInsn(opcode, owner, field, type);
          }
        }
      };
    }
  }
}
