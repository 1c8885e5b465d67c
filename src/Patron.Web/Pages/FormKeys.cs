using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Secrets;

namespace Patron.Web.Pages;

/// <summary>
/// Provides the key of the framework's data protection, which encrypts form tokens. The key is derived from the master key, so that all
/// processes on one database have the same one and nothing is stored (decision 0009).
/// </summary>
internal sealed class FormKeys(MasterKey master) : IXmlRepository
{
    private static readonly Guid KeyId = new("0198c0de-0000-7000-8000-0000000000f0");
    private static readonly AuthenticatedEncryptorConfiguration Algorithms = new();

    public static void Add(IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("patron").DisableAutomaticKeyGeneration();
        services.AddOptions<KeyManagementOptions>().Configure<MasterKey>((options, master) => options.XmlRepository = new FormKeys(master));
    }

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        byte[] secret = [.. master.Derive("patron portal forms 1, encryption"), .. master.Derive("patron portal forms 1, validation")];
        var descriptor = new AuthenticatedEncryptorDescriptor(Algorithms, new Microsoft.AspNetCore.DataProtection.Secret(secret))
            .ExportToXml();
        return
        [
            new XElement(
                "key", new XAttribute("id", KeyId), new XAttribute("version", 1),
                new XElement("creationDate", DateTimeOffset.UnixEpoch), new XElement("activationDate", DateTimeOffset.UnixEpoch),
                new XElement("expirationDate", DateTimeOffset.MaxValue),
                new XElement(
                    "descriptor", new XAttribute("deserializerType", descriptor.DeserializerType.AssemblyQualifiedName!),
                    descriptor.SerializedDescriptorElement)),
        ];
    }

    public void StoreElement(XElement element, string friendlyName) =>
        throw new NotSupportedException("The key follows from the master key; there is none to store.");
}
