# Packer's managed image, for Batch accounts whose pool allocation mode is "User subscription" (docs/packer.md).
#
#   packer init managed-image.pkr.hcl
#   packer build -var subscription_id=ID managed-image.pkr.hcl

packer {
  required_version = ">= 1.7.0" # the first with packer init for HCL2 templates

  required_plugins {
    azure = {
      source  = "github.com/hashicorp/azure"
      version = "~> 2.5"
    }
  }
}

variable "subscription_id" {
  type        = string
  description = "Subscription of the build and of what it leaves: the Batch account's."
}

variable "location" {
  type        = string
  default     = "westeurope"
  description = "Region of the build VM and of the image."
}

variable "resource_group" {
  type        = string
  default     = "rg-sources"
  description = "Where the image is put; must exist."
}

variable "image_name" {
  type        = string
  default     = "img-packer"
  description = "Must not exist yet. A name for each build: pools need the images that they were made from."
}

source "azure-arm" "ubuntu" {
  # Signs in as `az login` did: no secret stands in a template.
  use_azure_cli_auth = true
  subscription_id    = var.subscription_id

  # A first-party base that Batch has a node agent for (batch.node.ubuntu 24.04), without a purchase plan. This sku is of
  # Hyper-V generation 2; "server-gen1" would be of generation 1.
  os_type         = "Linux"
  image_publisher = "canonical"
  image_offer     = "ubuntu-24_04-lts"
  image_sku       = "server"

  location = var.location
  vm_size  = "Standard_D2s_v5" # not the plugin's default, Standard_A1: A sizes do not boot generation 2

  # No secure_boot_enabled, vtpm_enabled or security_type: a Trusted Launch VM cannot become a managed image
  # (hashicorp/packer#13189), and the plugin refuses the first two here.
  managed_image_resource_group_name = var.resource_group
  managed_image_name                = var.image_name
}

build {
  sources = ["source.azure-arm.ubuntu"]

  # Your software. What needs Azure's VM extensions does not belong here: Batch takes no image of a VM that has some.
  provisioner "shell" {
    execute_command = "{{ .Vars }} sudo -E sh -eu '{{ .Path }}'"
    inline = [
      # 2 is "done, with warnings" (docs.cloud-init.io, return codes); apt would meet cloud-init's own locks before.
      "cloud-init status --wait || test $? -eq 2",
      "apt-get update",
      "apt-get install -y blender",
    ]
  }

  # Generalizes; nothing may come after it. Packer marks the VM as generalized whether this ran or not, and the nodes of
  # a pool on an image that was not never start.
  provisioner "shell" {
    execute_command = "{{ .Vars }} sudo -E sh -eu '{{ .Path }}'"
    inline          = ["waagent -force -deprovision+user", "sync"]
  }

  post-processor "manifest" {
    output = "packer-manifest.json"

    # An image says itself what it is of, and is of a generalized VM always.
  }
}
