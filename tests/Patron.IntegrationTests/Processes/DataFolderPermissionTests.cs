using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.PrivatePostgres;
using Patron.Shared.Branding;
using Patron.Shared.Mail;
using Patron.Shared.Secrets;

namespace Patron.IntegrationTests.Processes;

/// <summary>Other users of the machine cannot open the files in the data folder.</summary>
public sealed class DataFolderPermissionTests(TestDatabase databases) : IDisposable
{
    private const UnixFileMode ForAll = (UnixFileMode)0b110_100_100;
    private const UnixFileMode FolderForAll = (UnixFileMode)0b111_101_101;
    private const UnixFileMode PassThrough = (UnixFileMode)0b111_001_001;
    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task New_files_are_owner_only_and_open_files_of_an_older_version_are_closed_with_one_log_line()
    {
        await using (var patron = await PatronProcess.StartAsync(folder.Location))
        {
            await (await patron.PostRegistrationAsync(Intents.NewEmail())).ShouldBeAsync(HttpStatusCode.Created);
            await patron.UntilAsync(() => Task.FromResult(Directory.Exists(In("mail")) && Directory.GetFiles(In("mail"), "*.eml").Length > 0));
            DataFolderShouldBeClosed();
            Assert.DoesNotContain("Other users", patron.Errors, StringComparison.Ordinal);
            Assert.Equal(0, await patron.StopAsync());
        }

        var outside = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        Write(outside, ForAll);
        Write(In("cookies.txt"), ForAll);
        Write(In("settings.json"), ForAll, "{}");
        File.CreateSymbolicLink(In("mail/link"), outside);
        Directory.CreateDirectory(In("mail/.writing/left"));
        string[] opened = [folder.Location, In("mail"), In("mail/.writing"), In("mail/.writing/left"), Directory.GetFiles(In("mail"), "*.eml")[0], In("master.key"), In("postgres.start.lock"), In("postgres.users.lock")];
        Array.ForEach(opened, path => File.SetUnixFileMode(path, Directory.Exists(path) ? FolderForAll : ForAll));
        var examined = await PatronCommandLine.RunAsync(PatronProcess.Administrator, ["doctor", "--data", folder.Location]);
        Assert.Equal(1, examined.Status);
        Assert.Matches($@"(?m)^WRONG  settings\.json: .* chmod 600 {In("settings.json")}$", examined.Output);

        await using (var patron = await PatronProcess.StartAsync(folder.Location))
        {
            DataFolderShouldBeClosed(except: "settings.json");
            Assert.Equal(ForAll, File.GetUnixFileMode(outside));
            Assert.Equal(ForAll, File.GetUnixFileMode(In("settings.json")));
            Assert.Single(patron.Errors.Split('\n'), line => line.Contains("Other users of this machine could open 9 files or folders", StringComparison.Ordinal));
            Assert.Single(patron.Errors.Split('\n'), line => line.Contains($"chmod 600 {In("settings.json")}", StringComparison.Ordinal));
            await patron.TokenAsync();
        }

        File.Delete(outside);
    }

    [Fact]
    public async Task Data_folder_of_an_external_database_is_owner_only()
    {
        var answer = await MigrateAsync(folder.Location);

        Assert.Empty(answer.Errors);
        Assert.Equal(OwnerOnlyPermissions.Folder, File.GetUnixFileMode(folder.Location));
        Assert.Equal(OwnerOnlyPermissions.File, File.GetUnixFileMode(In("master.key")));
    }

    [Fact]
    public async Task In_a_shared_folder_only_Patrons_own_files_are_closed()
    {
        Directory.CreateDirectory(In("website"));
        Write(In("website/index.html"), ForAll);
        Write(In("readme.txt"), ForAll);
        Write(In("master.key"), ForAll, RunningPatron.MasterKey);
        Directory.CreateDirectory(In("mail"));
        Array.ForEach([folder.Location, In("website"), In("mail")], path => File.SetUnixFileMode(path, FolderForAll));

        var answer = await MigrateAsync(folder.Location);

        Assert.Equal(FolderForAll, File.GetUnixFileMode(folder.Location));
        Assert.Equal(FolderForAll, File.GetUnixFileMode(In("website")));
        Assert.Equal(ForAll, File.GetUnixFileMode(In("website/index.html")));
        Assert.Equal(ForAll, File.GetUnixFileMode(In("readme.txt")));
        Assert.Equal(OwnerOnlyPermissions.File, File.GetUnixFileMode(In("master.key")));
        Assert.Equal(OwnerOnlyPermissions.Folder, File.GetUnixFileMode(In("mail")));
        Assert.Contains("could open 2 files or folders", answer.Errors, StringComparison.Ordinal);
        Assert.Contains($"{In("website")}: only Patron's own files were closed", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mails_in_another_folder_and_a_created_mail_folder_are_owner_only()
    {
        await SendMailAsync(In("new/mail"));
        Assert.Equal(OwnerOnlyPermissions.Folder, File.GetUnixFileMode(In("new")));
        ShouldBeClosed(In("new/mail"));

        Directory.CreateDirectory(In("given"));
        File.SetUnixFileMode(In("given"), FolderForAll);
        await SendMailAsync(In("given"));
        Write(In("given/old.eml"), ForAll);
        await MigrateAsync(In("data"), ("Mail__Folder", In("given")));

        Assert.Equal(FolderForAll, File.GetUnixFileMode(In("given")));
        Assert.All(Directory.GetFileSystemEntries(In("given")), ShouldBeClosed);
    }

    [Fact]
    public async Task Lock_created_by_root_belongs_to_the_owner_of_the_folder()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root makes files for others.");
        Directory.CreateDirectory(folder.Location);
        UnixFiles.SetOwner(folder.Location, new UnixOwner(65_534, 65_534));

        using (await FolderLock.AcquireStartLockAsync(folder.Location, TestContext.Current.CancellationToken))
        using (FolderLock.AcquireUsageLock(folder.Location))
        {
            Assert.All(Directory.GetFiles(folder.Location), file =>
            {
                Assert.Equal(65_534u, UnixFiles.Find(file)!.Value.Owner.User);
                Assert.Equal(OwnerOnlyPermissions.File, File.GetUnixFileMode(file));
            });
        }
    }

    private string In(string name) => Path.Combine(folder.Location, name);

    private async Task<CommandAnswer> MigrateAsync(string dataFolder, params (string, string)[] settings) => await PatronCommandLine.RunAsync(
        PatronProcess.Settings([("ConnectionStrings__Patron", await databases.CreateDatabaseAsync()), .. settings]), ["migrate", "--data", dataFolder]);

    private static async Task SendMailAsync(string mailFolder) =>
        await new MailSender(new MailOptions { Folder = mailFolder }, new MailBrand("Acme", new BrandOptions(), LogoPath: null), TimeProvider.System).SendAsync(
            JsonSerializer.Serialize(new OutgoingMail("jane.doe@tests.example", "Hello", "Hello Jane")), CancellationToken.None);

    private static void Write(string file, UnixFileMode mode, string text = "text")
    {
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, mode);
    }

    private void DataFolderShouldBeClosed(string? except = null)
    {
        Assert.Equal(UnixFiles.CurrentUser.User == 0 ? PassThrough : OwnerOnlyPermissions.Folder, File.GetUnixFileMode(folder.Location));
        foreach (var path in Directory.GetFileSystemEntries(folder.Location).Where(path => path != folder.Cluster && path != In(except ?? "")))
        {
            ShouldBeClosed(path);
        }
    }

    private static void ShouldBeClosed(string path)
    {
        Assert.False(OwnerOnlyPermissions.IsAccessibleToOthers(File.GetUnixFileMode(path)), path);
        if (Directory.Exists(path))
        {
            Assert.All(Directory.GetFileSystemEntries(path).Where(inside => new FileInfo(inside).LinkTarget is null), ShouldBeClosed);
        }
    }
}
