using System.Security.Cryptography;
using System.Text.Json;
using Patron.Hosting;
using Patron.Shared;
using Patron.Shared.Secrets;

namespace Patron.Backups;

/// <summary>Secrets encrypted with a key that is derived from a passphrase by PBKDF2-HMAC-SHA512.</summary>
internal sealed record LockedSecrets(int Iterations, byte[] Salt, byte[] Content);

/// <summary>
/// The master key and <c>settings.json</c> in a backup, encrypted with a passphrase of the operator. Without the passphrase nobody can
/// read them, and Patron keeps it nowhere.
/// </summary>
internal static class BackupSecrets
{
    public const int MinPassphraseLength = 12;
    private const int Iterations = 600_000; // OWASP's minimum for HMAC-SHA512 is 210 000; this runs once.
    private const int SaltLength = 16;

    /// <summary>Encrypts the master key and the settings of this installation into a file.</summary>
    public static void Write(string file, PatronSettings settings, string passphrase)
    {
        var key = settings.ReadMasterKey().Export();
        var settingsFile = SettingsFile.PathIn(settings.DataFolder);
        byte[] content = [.. key, .. File.Exists(settingsFile) ? File.ReadAllBytes(settingsFile) : []];
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        var encrypted = KeyOf(passphrase, salt, Iterations).Wrap(content);
        CryptographicOperations.ZeroMemory(content);
        BackupFolder.Write(file, new LockedSecrets(Iterations, salt, encrypted), BackupJson.Default.LockedSecrets);
    }

    /// <summary>Decrypts a file: the master key, and the content of <c>settings.json</c>, which is empty if there was none.</summary>
    /// <exception cref="CannotStartException">The passphrase is wrong, or the file is damaged.</exception>
    public static RestoredSecrets Read(string file, string passphrase)
    {
        try
        {
            var secrets = JsonSerializer.Deserialize(File.ReadAllBytes(file), BackupJson.Default.LockedSecrets)!;
            var content = KeyOf(passphrase, secrets.Salt, secrets.Iterations).Unwrap(secrets.Content)
                ?? throw new CryptographicException("The content was encrypted with another key.");
            return new RestoredSecrets(MasterKey.FromBytes(content[..MasterKey.Length]), content[MasterKey.Length..]);
        }
        catch (Exception wrong) when (wrong is CryptographicException or JsonException or ArgumentException)
        {
            throw new CannotStartException($"The passphrase doesn't fit {file}, or the file is damaged.", wrong);
        }
    }

    private static MasterKey KeyOf(string passphrase, byte[] salt, int iterations) => MasterKey.FromBytes(
        Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, iterations, HashAlgorithmName.SHA512, MasterKey.Length));
}
