import { existsSync } from 'node:fs';

/** SwiftShader, a Vulkan device in software that Debian's chromium and Google's Chrome carry. */
const swiftShaders = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'].map(
  (folder) => `${folder}/vk_swiftshader_icd.json`,
);

/**
 * Has WebGPU compute on a device in software, where there is one and none was chosen; Vulkan's own loader (Debian's libvulkan1)
 * is looked for by the runtime. Before the first session of this process.
 */
export function useSoftwareVulkan(): void {
  const found = swiftShaders.find((file) => existsSync(file));
  if (found !== undefined) process.env['VK_ICD_FILENAMES'] ??= found;
}
