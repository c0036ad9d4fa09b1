# Packer's own gallery image version, for Batch accounts whose pool allocation mode is "User subscription", when Packer
# and not the app shall publish the image (docs/packer.md).
#
#   packer init gallery.pkr.hcl
#   packer build -var subscription_id=ID -var image_version=1.0.0 gallery.pkr.hcl

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
  description = "Region of the build VM and of the version; the Batch account's, or name it in target_region."
}

variable "resource_group" {
  type        = string
  default     = "rg-sources"
  description = "Resource group of the gallery."
}

variable "gallery_name" {
  type        = string
  default     = "sources"
  description = "Must exist."
}

variable "definition_name" {
  type        = string
  default     = "golden"
  description = "Image definition; must exist, because Packer makes none (hashicorp/packer#8803)."
}

variable "image_version" {
  type        = string
  description = "Major.Minor.Patch; must not exist yet, because Packer does not count up (packer-plugin-azure#447)."
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

  # Without managed_image_name: with it, the artifact would be the managed image, and the version be named nowhere in
  # the manifest (packer-plugin-azure, builder/azure/arm/artifact.go).
  shared_image_gallery_destination {
    subscription         = var.subscription_id
    resource_group       = var.resource_group
    gallery_name         = var.gallery_name
    image_name           = var.definition_name
    image_version        = var.image_version
    storage_account_type = "Standard_LRS"

    # At least one replica for every 300 nodes of the pool (Azure's page batch-sig-images).
    target_region {
      name     = var.location
      replicas = 1
    }
  }

  # Replication can take longer than the 60 minutes that Packer waits by itself (packer-plugin-azure#36).
  shared_image_gallery_timeout = "6h"
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

    # A version says itself what it is of; its definition says that it is of a generalized VM.
  }
}
