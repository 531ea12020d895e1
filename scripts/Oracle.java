import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import org.mpxj.ProjectFile;
import org.mpxj.Relation;
import org.mpxj.Task;
import org.mpxj.TimeUnit;
import org.mpxj.cpm.MicrosoftScheduler;
import org.mpxj.mspdi.MSPDIReader;

/** What MPXJ reads in files of MS Project, a line a task: as written, then as its own scheduler places it. */
public class Oracle {
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    public static void main(String[] files) throws Exception {
        for (String file : files) {
            OUT.println("file\t" + file);
            ProjectFile project = new MSPDIReader().read(file);
            tasks("read", project);
            LocalDateTime start = project.getProjectProperties().getStartDate();
            try {
                new MicrosoftScheduler().schedule(project, start);
                tasks("scheduled", project);
            } catch (Exception problem) {
                OUT.println("refused\t" + problem);
            }
        }
    }

    private static void tasks(String said, ProjectFile project) {
        for (Task task : project.getTasks()) {
            if (task.getUniqueID() != null && task.getUniqueID() != 0) {
                OUT.println(String.join("\t", said, task.getUniqueID().toString(), clean(task.getName()),
                    String.valueOf(task.getStart()), String.valueOf(task.getFinish()), minutes(task, project),
                    String.valueOf(task.getSummary()), links(task)));
            }
        }
    }

    private static String clean(String name) {
        return String.valueOf(name).replaceAll("\\s+", " ");
    }

    private static String minutes(Task task, ProjectFile project) {
        if (task.getDuration() == null) {
            return "";
        }
        return String.valueOf(Math.round(
            task.getDuration().convertUnits(TimeUnit.MINUTES, project.getProjectProperties()).getDuration()));
    }

    private static String links(Task task) {
        StringBuilder found = new StringBuilder();
        for (Relation link : task.getPredecessors()) {
            found.append(link.getPredecessorTask().getUniqueID()).append(link.getType()).append(' ');
        }
        return found.toString().trim();
    }
}
